/* Which point is nearest to a place: points sorted into the cells of a grid. */

const CELLS = 160;

export function grid(x, y) {
  const starts = new Uint32Array(CELLS * CELLS + 1);
  const cells = new Uint32Array(x.length);
  for (let i = 0; i < x.length; i += 1) {
    cells[i] = cellOf(x[i]) + CELLS * cellOf(y[i]);
    starts[cells[i] + 1] += 1;
  }
  for (let i = 1; i < starts.length; i += 1) starts[i] += starts[i - 1];
  const free = starts.slice();
  const order = new Uint32Array(x.length);
  for (let i = 0; i < x.length; i += 1) {
    order[free[cells[i]]] = i;
    free[cells[i]] += 1;
  }

  /* The nearest point within a reach that `shown` allows; -1 where there is none. */
  return function nearest(atX, atY, reach, shown) {
    let best = -1;
    let least = reach * reach;
    const right = cellOf(atX + reach);
    const top = cellOf(atY + reach);
    for (let row = cellOf(atY - reach); row <= top; row += 1) {
      for (let column = cellOf(atX - reach); column <= right; column += 1) {
        const cell = column + CELLS * row;
        for (let k = starts[cell]; k < starts[cell + 1]; k += 1) {
          const i = order[k];
          const away = (x[i] - atX) ** 2 + (y[i] - atY) ** 2;
          if (away < least && shown(i)) {
            best = i;
            least = away;
          }
        }
      }
    }
    return best;
  };
}

function cellOf(value) {
  return Math.min(CELLS - 1, Math.max(0, Math.floor((value / 65536) * CELLS)));
}

/* Whether a place is inside a shape, by the even-odd rule. */
export function isInside(shape, x, y) {
  let odd = false;
  for (let i = 0, j = shape.length - 1; i < shape.length; j = i, i += 1) {
    const [ax, ay] = shape[j];
    const [bx, by] = shape[i];
    if ((ay > y) !== (by > y) && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
}
