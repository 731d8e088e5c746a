# How large the values are going forward, and their gradients coming back, for four starts.
load style
table = out."/".name.".csv"                # sigma, layer, value, gradient
W = 256.0
array NAME[4]   = ["1", "Kaiming, √(2 / in)", "PyTorch, 1 / √(3 in)", "0.01"]
array STD[4]    = [1, sqrt(2 / W), sqrt(1 / (3 * W)), 0.01]
array COLOUR[4] = [DATA, OTHER, PATH, NOISE]
factor(i) = STD[i] * sqrt(W / 2)

set terminal @PNG
set output out."/".name.".png"
set logscale y
set xrange [0:10]
set yrange [1e-11:1e12]
set ytics ("10¹⁰" 1e10, "10⁵" 1e5, "1" 1, "10⁻⁵" 1e-5, "10⁻¹⁰" 1e-10)
set xtics 0, 2, 10
set bmargin at screen 0.12
set tmargin at screen 0.86
set label 10 "root mean square" at screen 0.02, 0.965 left textcolor rgb INK
set label 11 "standard deviation\nof the weights" at screen 0.42, 0.935 left textcolor rgb INK font ",12"
set multiplot
do for [panel=0:1] {
  set lmargin at screen (panel ? 0.65 : 0.085)
  set rmargin at screen (panel ? 0.97 : 0.405)
  set title (panel ? "← gradients, from layer 10 back" : "values, forward →")
  set xlabel "layer"
  if (panel) {
    unset label 10
    unset label 11
    set format y ""
    set ytics ("" 1e10, "" 1e5, "" 1, "" 1e-5, "" 1e-10)
  }
  do for [i=1:4] {
    shown = panel ? "" : NAME[i]
    set label i shown at 10.5, factor(i)**10 left textcolor rgb COLOUR[i] font ",12"
  }
  plot for [i=1:4] factor(i)**(panel ? 10 - x : x) with lines lw 1 lc rgb COLOUR[i], \
       for [i=1:4] table using (abs($1 / STD[i] - 1) < 1e-6 ? $2 : NaN):(panel ? $4 : $3) \
         with points pt 7 ps 1 lc rgb COLOUR[i]
}
unset multiplot
