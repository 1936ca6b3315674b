/* What is drawn over the points: names of regions, a way, what is circled, which point is meant. */

const GAP = 6;

export function marks(canvas, regions) {
  const pen = canvas.getContext("2d");

  return function draw(view, { way, shape, meant, chosen, cross }) {
    const ratio = devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas;
    const style = getComputedStyle(canvas);
    const token = (name) => style.getPropertyValue(name).trim();
    const [ink, ground, accent] = [token("--ink"), token("--sheet"), token("--accent")];
    const put = ([x, y]) => [
      (x / 65535 - view.x) * view.scale + width / 2,
      (view.y - y / 65535) * view.scale + height / 2,
    ];
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.lineJoin = pen.lineCap = "round";
    if (way.length > 1) trail(way.map(put), 2.5);
    if (shape.length > 1) {
      path([...shape, shape[0]].map(put));
      pen.globalAlpha = 0.12;
      pen.fillStyle = accent;
      pen.fill();
      pen.globalAlpha = 1;
      pen.setLineDash([6, 4]);
      stroke(accent, 2);
      pen.setLineDash([]);
    }
    names();
    way.map(put).forEach(numbered);
    if (meant) ring(put(meant), 6, ink);
    if (chosen) ring(put(chosen), 9, accent);
    if (cross) {
      const [x, y] = [width / 2, height / 2];
      for (const [dx, dy] of [[9, 0], [0, 9]]) {
        path([[x - dx, y - dy], [x + dx, y + dy]]);
        stroke(ink, 1.5);
      }
    }

    function path(corners) {
      pen.beginPath();
      corners.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    }

    function stroke(colour, wide) {
      pen.strokeStyle = colour;
      pen.lineWidth = wide;
      pen.stroke();
    }

    function trail(corners, wide) {
      path(corners);
      stroke(ground, wide + 3);
      stroke(accent, wide);
    }

    function ring([x, y], radius, colour) {
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      stroke(ground, 5);
      stroke(colour, 2.5);
    }

    function numbered([x, y], i) {
      pen.beginPath();
      pen.arc(x, y, 9, 0, 2 * Math.PI);
      pen.fillStyle = accent;
      pen.fill();
      stroke(ground, 2);
      pen.font = `600 11px ${token("--text")}`;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillStyle = token("--accent-ink");
      pen.fillText(String(i + 1), x, y + 0.5);
    }

    /* The largest regions first; a name that would touch another is left out. */
    function names() {
      const taken = [];
      pen.font = `600 13px ${token("--text")}`;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      for (const { name, x: atX, y: atY } of regions) {
        const [x, y] = put([atX * 65535, atY * 65535]);
        const half = pen.measureText(name).width / 2 + GAP;
        const box = [x - half, y - 12, x + half, y + 12];
        const outside = box[0] < 0 || box[2] > width || box[1] < 0 || box[3] > height;
        if (outside || taken.some((other) => touch(box, other))) continue;
        taken.push(box);
        pen.lineWidth = 4;
        pen.strokeStyle = ground;
        pen.globalAlpha = 0.85;
        pen.strokeText(name, x, y);
        pen.globalAlpha = 1;
        pen.fillStyle = ink;
        pen.fillText(name, x, y);
      }
    }
  };
}

function touch(one, other) {
  return one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];
}
