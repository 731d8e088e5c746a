# The graph: values run from left to right, gradients come back from right to left.
load style
array V[7]                                  # chain_rule.csv: value, gradient of w x b p y e L
array G[7]
stats out."/chain_rule.csv" using (V[$0 + 1] = $1, G[$0 + 1] = $2, 0) nooutput

W = 1; X = 2; B = 3; P = 4; Y = 5; E = 6; L = 7
array NAME[7] = ["w", "x", "b", "p", "y", "e", "L"]
array FORMULA[7] = ["w", "x", "b", "w x", "p + b", "y − 3", "e e"]
array PX[7] = [0.9, 0.9, 3.3, 3.3, 5.6, 7.6, 9.6]
array PY[7] = [5.2, 2.8, 1.5, 4.0, 2.75, 2.75, 2.75]
R = 0.43
number(v) = (v < 0 ? '−' : '').sprintf('%g', abs(v))

# Edges: from, to, local derivative, how far the arrow is bent away from the straight line.
array FROM[7] = [W, X, P, B, Y, E, E]
array TO[7]   = [P, P, Y, Y, E, L, L]
array D[7]    = [V[X], V[W], 1, 1, 1, V[E], V[E]]
array BEND[7] = [0, 0, 0, 0, 0, 0.16, -0.16]
array DX[7] = [0.1, 0.1, 0.1, 0.1, 0, 0, 0]     # where the label of an edge stands
array DY[7] = [0.26, -0.26, 0.26, -0.26, 0.24, 0.42, -0.42]

# The order in which gradients become complete, and how.
array ORDER[7] = [L, E, Y, P, B, W, X]
array STEP[7]
STEP[L] = "dL/dL = 1"
STEP[E] = sprintf("dL/de = %g · %g + %g · %g = %g    (two uses, two shares)", \
                  G[L], D[6], G[L], D[7], G[E])
STEP[Y] = sprintf("dL/dy = dL/de · 1 = %g", G[Y])
STEP[P] = sprintf("dL/dp = dL/dy · 1 = %g", G[P])
STEP[B] = sprintf("dL/db = dL/dy · 1 = %g", G[B])
STEP[W] = sprintf("dL/dw = dL/dp · x = %g · %g = %g", G[P], V[X], G[W])
STEP[X] = sprintf("dL/dx = dL/dp · w = %g · %g = %g", G[P], V[W], G[X])

# Draws the graph with the gradients of the first `known` nodes in that order; the last of them and
# the edges that led to it stand out if `stress` is 1.
draw = 'unset arrow; unset object; unset label; now = known > 0 && stress ? ORDER[known] : 0;'. \
  'set label "values, forward →" at graph 0.02, 0.95 textcolor rgb INK;'. \
  'set label "gradients, ← backward" at graph 0.02, 0.045 textcolor rgb DATA;'. \
  'do for [i=1:7] {'. \
  '  f = FROM[i]; g = TO[i]; hot = f == now; a = atan2(PY[g] - PY[f], PX[g] - PX[f]);'. \
  '  set arrow from PX[f] + R * cos(a), PY[f] + R * sin(a) + BEND[i] '. \
  '    to PX[g] - R * cos(a), PY[g] - R * sin(a) + BEND[i] '. \
  '    head size 0.14, 18 filled lw (hot ? 2.4 : 1.2) lc rgb (hot ? DATA : PATH);'. \
  '  set label sprintf("× %g", D[i]) at (PX[f] + PX[g]) / 2 + DX[i], (PY[f] + PY[g]) / 2 + DY[i] '. \
  '    center textcolor rgb (hot ? DATA : PATH) };'. \
  'do for [i=1:7] {'. \
  '  set object i circle at PX[i], PY[i] size R front fillcolor rgb "#ffffff" '. \
  '    fillstyle solid border rgb (i == now ? DATA : INK) lw (i == now ? 2.4 : 1.2);'. \
  '  set label FORMULA[i] at PX[i], PY[i] center front textcolor rgb INK;'. \
  '  set label NAME[i]." = ".number(V[i]) at PX[i], PY[i] + 0.66 '. \
  '    center front textcolor rgb INK };'. \
  'do for [k=1:known] {'. \
  '  i = ORDER[k];'. \
  '  set label "dL/d".NAME[i]." = ".number(G[i]) at PX[i], PY[i] - 0.66 '. \
  '    center front textcolor rgb DATA };'

unset border
unset tics
set margins 0, 0, 0, 0
set xrange [0:10.5]
set yrange [0.1:6.9]

set terminal @PNG
set output out."/".name.".png"
known = 7; stress = 0
@draw
set label "× the local derivative" at graph 0.98, 0.95 right textcolor rgb PATH
plot NaN

# Node by node from the loss back; the last picture is held.
set terminal @GIF delay 160
set output out."/".name.".gif"
do for [frame=0:9] {
  known = frame < 7 ? frame : 7
  stress = frame <= 7
  @draw
  set label (known > 0 && stress ? STEP[ORDER[known]] : "") at graph 0.98, 0.045 right textcolor rgb DATA
  plot NaN
}
