/* Points drawn by WebGL 2: where each is, a code for its colour, and whether it is lit.

   A hundred thousand points lie in the memory of the graphics card; a frame sends it the view. */

const VERTEX = `#version 300 es
in vec2 place;
in float code;
in float lit;
uniform vec2 centre;
uniform vec2 factor;
uniform float size;
uniform float focus;
uniform float turn;
uniform sampler2D palette;
out vec4 colour;
void main() {
  vec4 given = texelFetch(palette, ivec2(int(code), 0), 0);
  bool shown = given.a > 0.0 && (focus < 0.5 ? turn < 0.5 : lit == turn);
  float strength = focus < 0.5 ? 0.8 : (turn > 0.5 ? 1.0 : 0.14);
  colour = vec4(given.rgb, 1.0) * strength;
  gl_Position = shown ? vec4((place - centre) * factor, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = turn > 0.5 ? max(size * 1.8, 5.0) : size;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec4 colour;
uniform float size;
out vec4 shown;
void main() {
  float out_of = length(gl_PointCoord - 0.5) * 2.0;
  float edge = 1.0 - smoothstep(1.0 - min(1.0, 2.0 / size), 1.0, out_of);
  shown = colour * (size < 2.5 ? 1.0 : edge);
}`;

/* What draws on a canvas; null where there is no WebGL 2. */
export function painter(canvas, places, count) {
  const gl = canvas.getContext("webgl2", { antialias: false, alpha: true, depth: false });
  if (!gl) return null;
  const program = linked(gl);
  if (!program) return null;
  gl.useProgram(program);
  const at = (name) => gl.getUniformLocation(program, name);
  const uniform = Object.fromEntries(
    ["centre", "factor", "size", "focus", "turn"].map((name) => [name, at(name)]),
  );
  buffer(gl, program, "place", places, 2, gl.UNSIGNED_SHORT, true);
  const codes = buffer(gl, program, "code", new Uint8Array(count), 1, gl.UNSIGNED_BYTE, false);
  const lights = buffer(gl, program, "lit", new Uint8Array(count), 1, gl.UNSIGNED_BYTE, false);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  gl.clearColor(0, 0, 0, 0);
  let focus = false;

  function fill(target, values) {
    gl.bindBuffer(gl.ARRAY_BUFFER, target);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
  }

  return {
    colour(values) { fill(codes, values); },
    palette(bytes) {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    },
    light(values) {
      focus = values !== null;
      if (focus) fill(lights, values);
    },
    draw({ x, y, scale }, size) {
      const { width, height } = canvas;
      gl.viewport(0, 0, width, height);
      gl.clear(gl.COLOR_BUFFER_BIT);
      const ratio = devicePixelRatio || 1;
      gl.uniform2f(uniform.centre, x, y);
      gl.uniform2f(uniform.factor, (2 * scale * ratio) / width, (2 * scale * ratio) / height);
      gl.uniform1f(uniform.size, size * ratio);
      gl.uniform1f(uniform.focus, focus ? 1 : 0);
      for (const turn of focus ? [0, 1] : [0]) {
        gl.uniform1f(uniform.turn, turn);
        gl.drawArrays(gl.POINTS, 0, count);
      }
    },
    finish() { gl.finish(); },
    end() { gl.getExtension("WEBGL_lose_context")?.loseContext(); },
  };
}

function linked(gl) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}

function buffer(gl, program, name, values, numbers, kind, whole) {
  const made = gl.createBuffer();
  const where = gl.getAttribLocation(program, name);
  gl.bindBuffer(gl.ARRAY_BUFFER, made);
  gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
  gl.enableVertexAttribArray(where);
  gl.vertexAttribPointer(where, numbers, kind, whole, 0, 0);
  return made;
}
