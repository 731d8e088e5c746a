# One noise, one learned field; the way walked in 1, in 5 and in 50 straight pieces.
load style
points = 2000
last   = 50
CURVE  = "#f0d0c8"             # DATA, thinned with white
trails = 25                    # points 0, 80, 160, ... leave a trail

# All states in memory: point i (from 0) after step k of the walk in n steps. Each walk begins where
# the shorter ones end: those in 1 and 5 steps have 2 and 6 states.
array X[(2 + 6 + 51) * points]
array Y[(2 + 6 + 51) * points]
before(n) = n == 1 ? 0 : n == 5 ? 2 : 8
entry(n, k, i) = (before(n) + k) * points + i + 1
do for [N in "1 5 50"] {
  n = int(N)
  stats out."/".name."_".N.".csv" \
    using (X[entry(n, 0, $0)] = $2, Y[entry(n, 0, $0)] = $3, 0) nooutput
}

# Between two states the way is straight: where point i is at time t.
piece(n, t) = t < 1 ? int(t * n) : n - 1
mix(a, b, share) = a + share * (b - a)
x(n, t, i) = mix(X[entry(n, piece(n, t), i)], X[entry(n, piece(n, t) + 1, i)], t*n - piece(n, t))
y(n, t, i) = mix(Y[entry(n, piece(n, t), i)], Y[entry(n, piece(n, t) + 1, i)], t*n - piece(n, t))

# One panel at time T: the curve, where all began, the ways so far with their corners, all points.
# Counting starts at -1 because gnuplot takes the first sample of '+', too, for column headers.
corner(s) = s < T * n ? s / n : T
panel = "sample [s=0:4*pi] '+' using (s):(sin(s)) with lines lw 4 lc rgb CURVE,". \
  "[s=-1:shown-1:1] '+' using (x(n, 0, int(s))):(y(n, 0, int(s)))". \
  "  with points pt 7 ps SIZE lc rgb NOISE,". \
  "for [j=0:trails-1] [s=-1:n:1] '+' using (x(n, corner(s), 80*j)):(y(n, corner(s), 80*j))". \
  "  with linespoints pt 7 ps CORNER lw 0.8 lc rgb PATH,". \
  "[s=-1:shown-1:1] '+' using (x(n, T, int(s))):(y(n, T, int(s)))". \
  "  with points pt 7 ps SIZE lc rgb DATA"
# Says which panel it is.
name_it = "set label 1 sprintf(n == 1 ? '%d step' : '%d steps', n) at graph 0.97, 0.84 right textcolor rgb DATA"

unset border
unset tics
set xrange [-4:16]
set yrange [-3.1:3.1]
set label 3 "noise" at graph 0.03, 0.84 left textcolor rgb NOISE

set terminal @PNG
set output out."/".name.".png"
T = 1.0; shown = points; SIZE = 0.22; CORNER = 0.3
set multiplot layout 3,1 margins 0.01,0.99,0.01,0.99 spacing 0,0.01
do for [N in "1 5 50"] {
  n = int(N)
  @name_it
  plot @panel
}
unset multiplot

# Everybody sets out at once; the last frame is held.
set terminal @GIF delay 6
set output out."/".name.".gif"
shown = 1000; SIZE = 0.18; CORNER = 0.2
do for [frame=-4:last+14] {
  k = frame < 0 ? 0 : frame > last ? last : frame
  T = 1.0 * k / last
  set multiplot layout 3,1 margins 0.01,0.99,0.01,0.99 spacing 0,0.01
  set label 2 sprintf("t = %.2f", T) at graph 0.97, 0.69 right textcolor rgb INK
  do for [N in "1 5 50"] {
    n = int(N)
    @name_it
    plot @panel
  }
  unset multiplot
}
