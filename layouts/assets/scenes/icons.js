/* A drawing per kind of tile, in lines on 24 by 24. */
"use strict";
(function (scenes) {
  const PATHS = {
    hero: "M3 4h18v16H3zM7 15V9l-1.5 1M11 9h3v6h-3zM17 15h.01M6 18h12",
    kpi: "M3 5h18v14H3zM6 9h5M6 13h3M12 14l2-3 2 1 2-3M6 16.5h12",
    ranking: "M4 6h2M9 6h11M4 12h2M9 12h8M4 18h2M9 18h5",
    trend: "M3 20h18M3 15l5-5 4 3 8-8M3 8h2M8 8h2M13 8h2",
    gauge: "M4.5 18a9 9 0 1 1 15 0M12 13l4-5M4.5 18h2M17.5 18h2",
    bars: "M3 20h18M6 20v-8M11 20V6M16 20v-5M20 20V9",
    heat: "M3 4h18v16H3zM3 9.3h18M3 14.6h18M9 4v16M15 4v16",
    map: "M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14",
    lines: "M3 4h6v4H3zM12 6h9M3 10h6v4H3zM12 12h9M3 16h6v4H3zM12 18h9",
    list: "M4 5h11M4 9h8M18 5h2M4 13h11M4 17h8M18 13h2",
    exceptions: "M12 4l9 16H3zM12 10v4M12 17h.01",
    changes: "M4 9h14l-3-3M20 15H6l3 3",
    text: "M5 6h14M12 6v13M9 19h6",
    announcements: "M4 10v4h3l7 4V6L7 10zM17 9.5a4 4 0 0 1 0 5",
    celebration: "M12 4l2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.8-5 2.8 1.1-5.5L4 9.700l5.600-.7z",
    undo: "M9 6L4 11l5 5M4 11h10a5 5 0 0 1 0 10h-3",
    redo: "M15 6l5 5-5 5M20 11H10a5 5 0 0 0 0 10h3",
    back: "M14 6l-6 6 6 6",
    close: "M6 6l12 12M18 6L6 18",
    plus: "M12 5v14M5 12h14",
  };
  scenes.icon = (name) => scenes.drawing(PATHS[name] || "M4 4h16v16H4z", "scene-icon");
})(window.kpiwall.scenes);
