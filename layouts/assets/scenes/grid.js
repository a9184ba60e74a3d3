/* The grid of a wall as numbers: where cells lie, what fits, what overlaps. No elements, no state. */
"use strict";
(function (scenes) {
  const right = (place) => place.column + place.columns - 1;
  const bottom = (place) => place.row + place.rows - 1;
  const between = (value, low, high) => Math.max(low, Math.min(high, value));

  function overlap(one, other) {
    return one.column <= right(other) && other.column <= right(one) && one.row <= bottom(other) && other.row <= bottom(one);
  }

  // A place in u on its wall.
  const rect = (grid, place) => ({
    left: grid.left + (place.column - 1) * grid.column,
    top: grid.top + (place.row - 1) * grid.row,
    width: place.columns * grid.column - grid.gutter,
    height: place.rows * grid.row - grid.gutter,
  });

  // A wall keeps its own shape on a screen of another: as large as it fits, in the middle.
  function wallIn(grid, screen) {
    const u = Math.min(screen.width / grid.width, screen.height / grid.height);
    return { u, left: (screen.width - grid.width * u) / 2, top: (screen.height - grid.height * u) / 2 };
  }

  const moved = (grid, place, columns, rows) => ({
    ...place,
    column: between(place.column + columns, 1, Math.max(1, grid.columns - place.columns + 1)),
    row: between(place.row + rows, 1, Math.max(1, grid.rows - place.rows + 1)),
  });

  // Edges are n, e, s, w or two of them; the opposite edge stays where it is.
  function resized(grid, place, edges, columns, rows) {
    const next = { ...place };
    if (edges.includes("e")) next.columns = between(place.columns + columns, 1, grid.columns - place.column + 1);
    if (edges.includes("s")) next.rows = between(place.rows + rows, 1, grid.rows - place.row + 1);
    if (edges.includes("w")) {
      next.column = between(place.column + columns, 1, right(place));
      next.columns = right(place) - next.column + 1;
    }
    if (edges.includes("n")) {
      next.row = between(place.row + rows, 1, bottom(place));
      next.rows = bottom(place) - next.row + 1;
    }
    return next;
  }

  function firstFree(grid, places, columns, rows) {
    for (let row = 1; row <= grid.rows - rows + 1; row += 1) {
      for (let column = 1; column <= grid.columns - columns + 1; column += 1) {
        const place = { column, row, columns, rows };
        if (!places.some((other) => overlap(place, other))) return place;
      }
    }
    return null;
  }

  // Free cells in reading order: of the size that looks best, else smaller by steps down to the smallest; else null.
  function free(grid, places, size, smallest) {
    for (let less = 0; less <= Math.max(size[0] - smallest[0], size[1] - smallest[1]); less += 1) {
      const columns = Math.min(grid.columns, Math.max(smallest[0], size[0] - less));
      const found = firstFree(grid, places, columns, Math.min(grid.rows, Math.max(smallest[1], size[1] - less)));
      if (found) return found;
    }
    return null;
  }

  scenes.grid = { overlap, rect, wallIn, moved, resized, free };
})(window.kpiwall.scenes);
