# Broadcasting (4,) to (3, 4): what forward repeats, backward sums; below, the two matrices.
load style
array Y[12]                                 # backward.csv: y, dy, dx and a row of R
array DY[12]
array DX[12]
array R[48]
stats out."/backward.csv" using (Y[$0 + 1] = $1, DY[$0 + 1] = $2, DX[$0 + 1] = $3, R[4 * $0 + 1] = $4, \
      R[4 * $0 + 2] = $5, R[4 * $0 + 3] = $6, R[4 * $0 + 4] = $7, 0) nooutput

set terminal @PNG
set output out."/".name.".png"
unset border
unset tics
set margins 0, 0, 0, 0
set size ratio -1
set xrange [0:18]                           # 50 pixels a cell
set yrange [12:0]


number(v) = (v < 0 ? '−' : '').sprintf('%g', abs(v))
n = 0                                       # objects drawn
cell = 'n = n + 1; set object n rectangle center CX, CY size 0.92, 0.92 fillcolor rgb FILL '. \
  'fillstyle solid noborder; set label number(VALUE) at CX, CY center front textcolor rgb TEXT'
entry = 'n = n + 1; set object n rectangle center CX, CY size 0.32, 0.32 '. \
  'fillcolor rgb (R[e] == 1 ? FILL : "#eceff2") fillstyle solid noborder'
PALE_PATH = "#dbe5ef"
PALE_DATA = "#f3ddd8"
LEFT = 2.6                                  # where the columns begin
RIGHT = 11.6

do for [j=1:4] {
  # Left: a number of x, and its three copies in y.
  CX = LEFT + j
  CY = 1.9; VALUE = Y[j]; FILL = PATH; TEXT = "#ffffff"
  eval cell
  set arrow from CX, 2.45 to CX, 3.05 head size 0.17, 20 filled lw 1.4 lc rgb PATH
  FILL = PALE_PATH; TEXT = INK
  do for [i=1:3] { CY = 2.6 + i; VALUE = Y[4 * (i - 1) + j]; eval cell }
  # Right: three numbers of dy, and their sum in dx.
  CX = RIGHT + j
  CY = 5.6; VALUE = DX[j]; FILL = DATA; TEXT = "#ffffff"
  eval cell
  set arrow from CX, 4.45 to CX, 5.05 head size 0.17, 20 filled lw 1.4 lc rgb DATA
  FILL = PALE_DATA; TEXT = INK
  do for [i=1:3] { CY = 0.9 + i; VALUE = DY[4 * (i - 1) + j]; eval cell }
}
do for [p=1:12] { do for [j=1:4] {
  e = 4 * (p - 1) + j
  CX = LEFT + 2.5 + 0.36 * (j - 2.5); CY = 9.2 + 0.36 * (p - 6.5); FILL = PATH
  eval entry
  CX = RIGHT + 2.5 + 0.36 * (p - 6.5); CY = 9.2 + 0.36 * (j - 2.5); FILL = DATA
  eval entry
} }

set label "forward repeats" at LEFT + 2.5, 0.8 center textcolor rgb PATH
set label "x (4,)" at LEFT + 0.2, 1.9 right textcolor rgb PATH
set label "y (3, 4)" at LEFT + 0.2, 4.6 right textcolor rgb PATH
set label "y = R x" at LEFT + 0.2, 9.2 right textcolor rgb PATH
set label "12 × 4" at LEFT + 3.5, 9.2 left textcolor rgb PATH
set label "backward sums" at RIGHT + 2.5, 0.8 center textcolor rgb DATA
set label "dy (3, 4)" at RIGHT + 0.2, 2.9 right textcolor rgb DATA
set label "dx (4,)" at RIGHT + 0.2, 5.6 right textcolor rgb DATA
set label "dx = Rᵀ dy" at RIGHT + 0.1, 9.2 right textcolor rgb DATA
set label "4 × 12" at RIGHT + 2.5, 10.5 center textcolor rgb DATA
plot NaN
