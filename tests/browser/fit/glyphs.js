/* Faults of glyphs: one that did not load, has nothing in it, or does not stand out from what is behind it. */
"use strict";
(function (fit) {
  const NEEDED = 3;
  const SIZE = 48;
  // A colour that fills less of a glyph than this is an edge.
  const LEAST_SHARE = 0.12;
  const images = new Map();

  function loaded(address) {
    if (!images.has(address)) {
      const image = new Image();
      image.src = address;
      images.set(address, image.decode().then(() => image, () => null));
    }
    return images.get(address);
  }

  // The main colours of an image with their share of what is drawn in it; none of one that is empty.
  function coloursOf(image) {
    const canvas = fit.canvas;
    canvas.canvas.width = SIZE;
    canvas.canvas.height = SIZE;
    canvas.drawImage(image, 0, 0, SIZE, SIZE);
    const data = canvas.getImageData(0, 0, SIZE, SIZE).data;
    const counts = new Map();
    let drawn = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] < 200) continue;
      drawn += 1;
      const hex = fit.hex([data[at], data[at + 1], data[at + 2]]);
      counts.set(hex, (counts.get(hex) || 0) + 1);
    }
    return [...counts].filter(([, count]) => count >= LEAST_SHARE * drawn).map(([hex]) => fit.colour(hex));
  }

  function glyphAt(element) {
    const style = getComputedStyle(element);
    const mask = style.maskImage.startsWith("url(") && !style.maskImage.includes("#");
    const source = mask ? style.maskImage : style.backgroundImage;
    const address = /^url\("([^"]+)"\)/.exec(source);
    const box = element.getBoundingClientRect();
    const point = fit.pointAt(element, (box.left + box.right) / 2, (box.top + box.bottom) / 2);
    if (!address || !point || box.width < 2) return null;
    return { element, address: address[1], grounds: point.behind(!mask), ink: mask ? fit.colour(style.backgroundColor) : null };
  }

  async function faultOf({ element, address, grounds, ink }) {
    const short = address.slice(address.lastIndexOf("/") + 1).slice(0, 40);
    const image = await loaded(address);
    const colours = image ? coloursOf(image) : [];
    if (!colours.length) return [`no glyph in ${short}: ${fit.name(element.parentElement)}`];
    const inks = ink ? [ink] : colours;
    const lost = grounds.find((ground) => inks.every((colour) => fit.contrast(colour, ground) < NEEDED));
    return lost ? [`glyph ${short} does not stand out from ${fit.hex(lost)}: ${fit.name(element.parentElement)}`] : [];
  }

  // Whether an element is a glyph that a person sees: with a shape, and a size.
  fit.glyphs = (root) => fit.hittable(() => {
    const all = [...root.querySelectorAll("i, .glyph, .live-dot, [class*=glyph]")].filter((one) => one instanceof HTMLElement && fit.visible(one));
    return all.map(glyphAt).filter(Boolean);
  });

  fit.glyphFaults = async function () {
    return (await Promise.all(fit.glyphs(document.body).map(faultOf))).flat();
  };
})(window.kpiwallFit);
