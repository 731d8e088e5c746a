// What are the adjoints of broadcasting and of a matrix product?

#include <algorithm>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "lessons/lab/lesson.h"

using autograd::Index;
using autograd::Tensor;

namespace {

// 1. Let y = f(x) be a part of some loss, and dy the gradient of the loss by y. Then that by x is
//    J^T dy, the vector-Jacobian product.
Tensor vjp(auto f, const Tensor& x, const Tensor& dy) {
  const Tensor leaf = x.clone().requires_grad_();
  f(leaf).backward(dy);
  return leaf.grad();
}

// 2. Broadcasting, x (n,) to y (m, n). Forward repeats, backward sums.
void stretch(const Tensor& x, Tensor& y, const Tensor& dy, Tensor& dx) {
  const Index m = y.size(0), n = y.size(1);
  for (Index i = 0; i < m; ++i) {
    for (Index j = 0; j < n; ++j) {
      y.data()[i * n + j] = x.data()[j];
      dx.data()[j] += dy.data()[i * n + j];
    }
  }
}

// 3. The matrix product, C = A B, (m, k) times (k, n), and the gradients by both factors.
void product(const Tensor& a, const Tensor& b, Tensor& c, const Tensor& dc, Tensor& da,
             Tensor& db) {
  const Index m = a.size(0), k = a.size(1), n = b.size(1);
  for (Index i = 0; i < m; ++i) {
    for (Index j = 0; j < n; ++j) {
      for (Index p = 0; p < k; ++p) {
        c.data()[i * n + j] += a.data()[i * k + p] * b.data()[p * n + j];
        da.data()[i * k + p] += dc.data()[i * n + j] * b.data()[p * n + j];
        db.data()[p * n + j] += dc.data()[i * n + j] * a.data()[i * k + p];
      }
    }
  }
}

// 4. The matrix of a linear f: its column j is f(e_j), where e_j is 1 at place j and 0 elsewhere.
Tensor matrix(auto f, const autograd::Shape& shape) {
  std::vector<Tensor> columns;
  for (Index j = 0; j < shape.numel(); ++j) {
    Tensor e = autograd::zeros(shape);
    e.data()[j] = 1;
    columns.push_back(reshape(f(e), {-1, 1}));
  }
  return cat(columns, 1);  // side by side: (numbers in y, numbers in x)
}

bool equal(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::equal(a.data(), a.data() + a.numel(), b.data());
}
// Whole numbers, -3 to 3: their sums and products are exact in float, so that == may be asked.
Tensor whole(const autograd::Shape& shape) {
  const std::vector<Index> numbers = autograd::randint(-3, 4, shape.numel());
  return Tensor::from(std::vector<double>(numbers.begin(), numbers.end()), shape);
}

}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    // 5. The engine against the loops; the matrix of backward against that of forward.
    autograd::manual_seed(lesson.options.seed);
    const auto forward = [](const Tensor& x) { return expand(x, {3, 4}); };
    const auto back = [&](const Tensor& dy) { return vjp(forward, autograd::zeros({4}), dy); };
    const Tensor x = whole({4}), dy = whole({3, 4}), r = matrix(forward, {4});  // r: (12, 4)
    Tensor y = autograd::zeros({3, 4}), dx = autograd::zeros({4});
    stretch(x, y, dy, dx);
    lab::CsvWriter csv = lesson.csv("backward.csv", {"y", "dy", "dx", "r0", "r1", "r2", "r3"});
    std::string text = "R, one row for each number of y:\n";
    for (Index p = 0; p < 12; ++p) {
      const auto* row = r.data() + 4 * p;
      csv.row({y.data()[p], dy.data()[p], dx.data()[p % 4], row[0], row[1], row[2], row[3]});
      for (Index j = 0; j < 4; ++j) text += row[j] == 1 ? "  1" : "  .";
      text += "\n";
    }
    csv.close();
    lesson.print(text);
    lesson.check("expand repeats, its backward sums", equal(forward(x), y) && equal(back(dy), dx));
    lesson.check("the matrix of backward is R^T", equal(matrix(back, {3, 4}), transpose(r)));
    const Tensor a = whole({4, 3}), b = whole({3, 5}), dc = whole({4, 5});
    Tensor c = autograd::zeros({4, 5}), da = autograd::zeros({4, 3}), db = autograd::zeros({3, 5});
    product(a, b, c, dc, da, db);
    const auto times_b = [&](const Tensor& v) { return matmul(v, b); };
    const auto a_times = [&](const Tensor& v) { return matmul(a, v); };
    lesson.check("C = A B by loops", equal(c, matmul(a, b)));
    lesson.check("dA = dC B^T",
                 equal(da, vjp(times_b, a, dc)) && equal(da, matmul(dc, transpose(b))));
    lesson.check("dB = A^T dC",
                 equal(db, vjp(a_times, b, dc)) && equal(db, matmul(transpose(a), dc)));

    // 6. The adjoint identity: <J v, w> = <v, J^T w> for any v and w. Here J v is f(v).
    const auto identity = [&](const std::string& name, const autograd::Shape& shape, auto f) {
      const Tensor v = whole(shape), jv = f(v), w = whole(jv.shape()), jtw = vjp(f, v, w);
      lesson.check_near("identity, " + name, sum(jv * w).item(), sum(v * jtw).item(), 0);
    };
    identity("(4,) to (3, 4)", {4}, forward);
    identity("(3, 1) * (3, 4)", {3, 1}, [&](const Tensor& v) { return v * dy; });
    identity("sum", {3, 4}, [](const Tensor& v) { return sum(v); });
    identity("mean, dim 1", {3, 4}, [](const Tensor& v) { return mean(v, 1); });
    identity("relu", {3, 4}, autograd::relu);
    identity("v B", {4, 3}, times_b);
    identity("A v", {3, 5}, a_times);

    // 7. Two layers and a loss by the engine, and each gradient by its formula, the last first.
    Tensor in = whole({8, 3}), w1 = whole({4, 3}), b1 = whole({4}), w2 = whole({2, 4});
    Tensor b2 = whole({2}), target = whole({8, 2});
    for (Tensor* leaf : {&in, &w1, &b1, &w2, &b2}) leaf->requires_grad_();
    const Tensor z = matmul(in, transpose(w1)) + b1;   // (8, 3) (3, 4) + (4,) = (8, 4)
    const Tensor h = relu(z);                          // (8, 4)
    const Tensor out = matmul(h, transpose(w2)) + b2;  // (8, 4) (4, 2) + (2,) = (8, 2)
    mean(square(out - target)).backward();
    const autograd::NoGradGuard no_grad;            // from here on nothing is recorded
    const Tensor dout = 2.0 / 16 * (out - target);  // (8, 2)
    const Tensor dh = matmul(dout, w2);             // (8, 2) (2, 4) = (8, 4)
    Tensor dz = dh.clone();
    for (Index p = 0; p < z.numel(); ++p) dz.data()[p] = z.data()[p] > 0 ? dh.data()[p] : 0;
    lesson.check("db2 = dout summed to (2,)", equal(b2.grad(), sum(dout, 0)));
    lesson.check("dW2 = dout^T h, (2, 8) (8, 4)", equal(w2.grad(), matmul(transpose(dout), h)));
    lesson.check("db1 = dz summed to (4,)", equal(b1.grad(), sum(dz, 0)));
    lesson.check("dW1 = dz^T in, (4, 8) (8, 3)", equal(w1.grad(), matmul(transpose(dz), in)));
    lesson.check("din = dz W1, (8, 4) (4, 3)", equal(in.grad(), matmul(dz, w1)));

    // 8. The Jacobian of relu on (200, 64), which nobody forms.
    const Index n = 200 * 64;  // numbers in, and out
    lesson.log({{"numbers", n}, {"entries of J", n * n}, {"MB", 4e-6 * n * n}, {"diagonal", n}});
    lesson.draw_figure();
    lesson.close(
        {.what_you_saw = "What forward repeats, backward sums; A B sends dC B^T and A^T dC back.",
         .change_one_thing = "Claim dA = matmul(dc, b). What stops you? If all were (4, 4)?",
         .next = "./build/lessons/gradcheck   how to know that a gradient is right"});
  };
  return lab::run_lesson(
      argc, argv,
      {.slug = "backward",
       .question = "What are the adjoints of broadcasting and of a matrix product?"},
      lesson_body);
}
