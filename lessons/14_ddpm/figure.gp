# Noising and denoising: the data dissolve (left, downwards), and come back (right, upwards).
load style
there = out."/".name."_there.csv"    # frame, x, y: 2000 points in each of the frames 0 to 50, at
back  = out."/".name."_back.csv"     # k = 0, 20, ..., 1000; and the same back from k = 1000 to 0
points = 2000
last = 50
CURVE = "#e6e2de"

array X[2 * (last + 1) * points]
array Y[2 * (last + 1) * points]
stats there using (X[$0 + 1] = $2, Y[$0 + 1] = $3, 0) nooutput
stats back using (X[$0 + 1 + (last + 1) * points] = $2, Y[$0 + 1 + (last + 1) * points] = $3, 0) nooutput
at(frame, i, backwards) = ((backwards ? last + 1 + last - frame : frame) * points) + i + 1

# The colour at depth 20 * frame: data on the left of the gradient, noise on the right.
a(frame) = sqrt(exp(-(0.002 * frame + 0.00398 * frame * frame)))
mix(p, q, s) = int(p * s + q * (1 - s))
colour(frame) = mix(0xc8, 0x9a, a(frame)) * 65536 + mix(0x55, 0xa7, a(frame)) * 256 + mix(0x3d, 0xb4, a(frame))

unset border
unset tics
set xrange [-4.2:15.2]
set yrange [-3.6:3.6]
state = "sample [s=0:4*pi] '+' using (s):(sin(s)) with lines lw 3 lc rgb CURVE,". \
  "[s=-1:1999:1] '+' using (X[at(frame, int(s), backwards)]):(Y[at(frame, int(s), backwards)])". \
  "  with points lt 1 pt 7 ps SIZE lc rgb colour(frame)"

set terminal @PNG
set output out."/".name.".png"
SIZE = 0.25
array FRAME[5] = [0, 5, 12, 25, 50]
set multiplot
do for [row=1:5] {
  frame = FRAME[row]
  top = 0.93 - (row - 1) * 0.186
  set tmargin at screen top
  set bmargin at screen top - 0.18
  unset label
  unset arrow
  set label 1 sprintf("k = %d", 20 * frame) at screen 0.5, top - 0.09 center textcolor rgb INK
  do for [backwards=0:1] {
    set lmargin at screen (backwards ? 0.56 : 0.06)
    set rmargin at screen (backwards ? 0.94 : 0.44)
    if (row == 1) {
      set label 2 (backwards ? "denoising: 2000 samples" : "noising: 2000 points of data") \
        at screen (backwards ? 0.75 : 0.25), 0.965 center textcolor rgb INK
    }
    set arrow 1 from screen (backwards ? 0.975 : 0.025), (backwards ? 0.06 : 0.88) \
      to screen (backwards ? 0.975 : 0.025), (backwards ? 0.88 : 0.06) lw 2 lc rgb FAINT
    plot @state
    unset label 1
  }
}
unset multiplot

# The gif keeps the colours of its first frame, so a scale at the bottom shows all of them in each:
# eleven depths, k = 0 to 1000, the largest square where we are. Counting starts at -5 because
# gnuplot takes the first sample of '+' for column headers.
set terminal @GIF delay 10
set output out."/".name.".gif"
unset label
unset arrow
set lmargin 1
set rmargin 1
set tmargin 1
set bmargin 1
SIZE = 0.3
nearest(frame) = 5 * int(frame / 5.0 + 0.5)
scale = "[s=-5:50:5] '+' using (4 * pi * s / 50):(-3.2):(int(s) == nearest(frame) ? 2.4 : 1):(colour(s))". \
  " with points lt 1 pt 5 ps variable lc rgb variable"
cloud = "sample [s=0:4*pi] '+' using (s):(sin(s)) with lines lw 3 lc rgb CURVE,". \
  "[s=-1:1999:1] '+' using (X[at(frame, int(s), backwards)]):(Y[at(frame, int(s), backwards)])". \
  "  with points lt 1 pt 7 ps SIZE lc rgb colour(nearest(frame))"
do for [step=-4:last+36:2] {
  backwards = step > last / 2
  frame = backwards ? last - (step - last / 2 - 6) : 2 * step     # there twice as fast as back
  frame = frame < 0 ? 0 : frame > last ? last : frame
  set label 1 sprintf("%s, k = %d", backwards ? "denoising" : "noising", 20 * frame) \
    at graph 0.99, 0.94 right textcolor rgb INK
  plot @cloud, @scale
}
