# The error of a difference quotient against its step: truncation falls, rounding rises.
load style
table = out."/".name.".csv"                # h, one_sided, double, float
set terminal @PNG
set output out."/".name.".png"
set logscale xy
set xrange [8e-17:1.2]
set yrange [1e-13:30]
set xtics ("10⁻¹⁶" 1e-16, "10⁻¹²" 1e-12, "10⁻⁸" 1e-8, "10⁻⁴" 1e-4, "1" 1)
set ytics ("10⁻¹²" 1e-12, "10⁻⁹" 1e-9, "10⁻⁶" 1e-6, "10⁻³" 1e-3, "1" 1)
set xlabel "step h"
set label "error of the slope of x³" at screen 0.02, 0.965 left textcolor rgb INK
set tmargin at screen 0.91
set rmargin at screen 0.97

# The vertical line is the step of torch.autograd.gradcheck; the horizontal one is its tolerance,
# rtol = 10⁻³ of a slope that is 1.8 (3 x², root mean square over 1/2 to 1).
set arrow from 1e-6, graph 0 to 1e-6, graph 1 nohead back lw 1.5 lc rgb FLOOR
set arrow from graph 0, first 1.8e-3 to graph 1, first 1.8e-3 nohead back lw 1.5 lc rgb FLOOR
set label "PyTorch's step" at 7e-7, 4e-13 right textcolor rgb FLOOR
set label "PyTorch's tolerance" at 3e-10, 4e-3 right textcolor rgb FLOOR
set label "float" at 3e-12, 7 left textcolor rgb DATA font ",15"
set label "double" at 1.3e-14, 1e-5 left textcolor rgb PATH font ",15"
set label "rounding, ε / h" at 3e-11, 3e-8 right textcolor rgb PATH
set label "central, h²" at 1.4e-3, 6e-8 left textcolor rgb PATH
set label "one-sided, h" at 2.5e-6, 6e-7 left textcolor rgb NOISE
set label "rounding, ε / h" at 5e-6, 3e-2 left textcolor rgb DATA
plot table using 1:2 with lines lw 2 lc rgb NOISE, \
     table using 1:4 with linespoints lw 2 pt 7 ps 0.5 lc rgb DATA, \
     table using 1:3 with linespoints lw 2 pt 7 ps 0.5 lc rgb PATH
