# The look of every figure of the course. A lesson's figure.gp begins with
#
#     load style
#
# and finds the variables out, name and style set (figure.h); by hand it is run like this:
#
#     gnuplot -e "out='out'; name='euler'; style='lessons/lab/style.gp'" lessons/11_euler/figure.gp
#
# Then it chooses where to draw, with one of the two macros below:
#
#     set terminal @PNG;  set output out."/".name.".png";  plot ...
#     set terminal @GIF;  set output out."/".name.".gif";  do for [k=0:50] { plot ... }
#
# One thought per figure; label curves where they are, not in a key; no title where a caption does.

# The gif terminal smooths only text and knows no transparency; "optimize" would paint every frame
# with the colours of the first.
PNG = "pngcairo noenhanced font 'DejaVu Sans,13' size 900,600 background '#ffffff'"
GIF = "gif animate delay 5 loop 0 nooptimize noenhanced font 'DejaVu Sans,11' size 720,480 background '#ffffff'"

# Colours by meaning, the same in all figures. AA in front is transparency: 00 solid, ff invisible.
NOISE = "#9aa7b4"    # where samples start: quiet grey-blue
DATA  = "#c8553d"    # what is to be learned, and where samples end: brick
PATH  = "#4a78a8"    # ways from one to the other, fields, the main curve: blue
OTHER = "#3d8168"    # a second curve to compare with: green
FLOOR = "#b8963e"    # a bound, a floor, an exact answer: ochre
INK   = "#3a3f45"    # text and axes: not quite black
FAINT = "#d9dde1"    # grid and helping lines

set linetype 1 lc rgb PATH  lw 2 pt 7 ps 0.6
set linetype 2 lc rgb DATA  lw 2 pt 7 ps 0.6
set linetype 3 lc rgb OTHER lw 2 pt 7 ps 0.6
set linetype 4 lc rgb FLOOR lw 2 pt 7 ps 0.6
set linetype 5 lc rgb NOISE lw 2 pt 7 ps 0.6

# Two thin axes, ticks outward, no box, no key.
set border 3 lc rgb INK lw 0.8
set tics nomirror out scale 0.6 textcolor rgb INK
set xlabel textcolor rgb INK
set ylabel textcolor rgb INK
set title textcolor rgb INK
unset key
set style fill solid 0.25 noborder
set samples 400
set datafile separator ","
set datafile columnheaders
set encoding utf8
set minussign
