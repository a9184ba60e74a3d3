// Lines whose last or first part wraps out of sight where there is no room for it.
var WRAPPING = ".change-rows, .exception-detail, .objective-weight, .segment-name, .own, .trend-line";

/* Faults a picture of a wall may have: text cut or wider than its box, text outside its panel, type below 18 u. */
function kpiwallOverflow() {
  const u = parseFloat(getComputedStyle(document.documentElement).fontSize) / 10;
  const wall = document.querySelector(".wall");
  const smallest = wall ? 18 * u : 12;
  const found = [];
  const name = (element) => `${element.tagName.toLowerCase()}.${element.className} “${element.textContent.slice(0, 40)}”`;
  const visible = (element) => {
    const style = getComputedStyle(element);
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && style.color !== "rgba(0, 0, 0, 0)";
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !visible(element) || element.closest("svg, script, style")) continue;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < smallest - 0.05) found.push(`small type ${(size / u).toFixed(1)} u: ${name(element)}`);
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    const room = (element.closest(".panel, .card, .header, .objective, .home, .phone") || document.body).getBoundingClientRect();
    const outside = box.left < room.left - 1 || box.right > room.right + 1 || box.top < room.top - 0.12 * size || box.bottom > room.bottom + 0.12 * size;
    const rows = element.closest(WRAPPING);
    const wrappedAway = rows && (box.top >= rows.getBoundingClientRect().bottom - 2 || box.bottom <= rows.getBoundingClientRect().top + 2);
    if (outside && !wrappedAway) found.push(`outside its panel: ${name(element)}`);
  }
  document.querySelectorAll(".tile-head, .amount, .detail, .hero-head, .facts, .panel-head, .rank-name, .exception, .header, .objective, .change-sources, .card-head, .child").forEach((element) => {
    if (visible(element) && element.scrollWidth > element.clientWidth + 1) found.push(`wider than its box: ${name(element)}`);
  });
  if (document.documentElement.scrollWidth > window.innerWidth + 1) found.push("the page scrolls sideways");
  return found.concat(kpiwallCollisions(visible, name));
}

/* Texts of one panel that lie on one another. */
function kpiwallCollisions(visible, name) {
  const found = [];
  document.querySelectorAll(".panel, .card, .header, .objective").forEach((panel) => {
    const leaves = [...panel.querySelectorAll("span, h1, h2, div")].filter((element) => {
      return visible(element) && [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    });
    const boxes = leaves.map((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return [element, range.getBoundingClientRect()];
    });
    boxes.forEach(([one, a], index) => boxes.slice(index + 1).forEach(([other, b]) => {
      if (one.contains(other) || other.contains(one) || one.parentElement === other.parentElement && one.matches(".number span")) return;
      if (one.closest(".hero-figure") || other.closest(".hero-figure")) return;
      const slack = 0.3 * Math.min(a.height, b.height);
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1;
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slack;
      const hidden = [one, other].some((element) => {
        const rows = element.closest(WRAPPING);
        return rows && (element.getBoundingClientRect().top >= rows.getBoundingClientRect().bottom - 2 || element.getBoundingClientRect().bottom <= rows.getBoundingClientRect().top + 2);
      });
      if (across && down && !hidden) found.push(`texts collide: ${name(one)} / ${name(other)}`);
    }));
  });
  return found;
}
