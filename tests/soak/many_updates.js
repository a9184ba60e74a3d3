/* Runs before a page's own scripts: lets a test send what the server last sent again, with other digits. */
(() => {
  const Real = window.EventSource;
  const open = new Set();

  class Repeating extends Real {
    constructor(address) {
      super(address);
      this.acts = {};
      this.sent = null;
      open.add(this);
    }

    addEventListener(name, act) {
      this.acts[name] = act;
      super.addEventListener(name, (event) => {
        if (name === "snapshot") this.sent = JSON.parse(event.data);
        act(event);
      });
    }

    close() {
      open.delete(this);
      super.close();
    }

    // The snapshot's numbers with digits turned by `step`: every tile has something to do.
    repeat(step) {
      if (!this.sent) return;
      const turned = Object.entries(this.sent.view).filter(([key]) => /value|score|points/.test(key)).map(([key, value]) => {
        return [key, typeof value === "string" ? value.replace(/\d/g, (digit) => (Number(digit) + step) % 10) : value];
      });
      const data = { ...this.sent, now: this.sent.now + step, view: Object.fromEntries(turned) };
      this.acts.snapshot({ data: JSON.stringify(data) });
    }
  }

  window.EventSource = Repeating;
  const frame = () => new Promise((done) => window.requestAnimationFrame(done));

  // So many updates of what is in front, three a frame, then the next scene; as many scenes as asked for.
  window.liveFast = async function (addresses, scenes, updates) {
    for (let at = 0; at < scenes; at += 1) {
      for (let sent = 0; sent < updates; sent += 3) {
        [0, 1, 2].forEach((more) => open.forEach((source) => source.repeat(sent + more)));
        await frame();
      }
      await window.kpiwall.stage.show(addresses[at % addresses.length]);
    }
    return scenes;
  };
})();
