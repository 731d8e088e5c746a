// How do gradients flow through a graph?

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "lessons/lab/lesson.h"

using autograd::Tensor;

namespace {

void seven_nodes(lab::Lesson& lesson) {
  // 1. Forward. A tensor of rank 0 is a number that remembers how it was computed.
  Tensor w = Tensor(2).requires_grad_();
  Tensor x = Tensor(3).requires_grad_();
  Tensor b = Tensor(-1).requires_grad_();
  Tensor p = w * x;  //  6
  Tensor y = p + b;  //  5
  Tensor e = y - 3;  //  2, the error: the target is 3
  Tensor L = e * e;  //  4, the loss

  // 2. Backward, from the loss to the leaves: what arrives, times the local derivative.
  for (Tensor* node : {&p, &y, &e, &L}) node->retain_grad();
  L.backward();
  // dL/dL =                 1
  // dL/de = 1 * e + 1 * e = 4     L = e e: e is both factors, and each use sends a share
  // dL/dy = dL/de * 1     = 4     e = y - 3
  // dL/dp = dL/dy * 1     = 4     y = p + b
  // dL/db = dL/dy * 1     = 4
  // dL/dw = dL/dp * x     = 12    p = w x
  // dL/dx = dL/dp * w     = 8
  lesson.print(
      "  w = 2 --.\n"
      "           * -- p = 6 --.\n"
      "  x = 3 --'              + -- y = 5 -- (- 3) -- e = 2 ==(*)== L = 4\n"
      "               b = -1 --'");
  const std::vector<const char*> names{"w", "x", "b", "p", "y", "e", "L"};
  const std::vector<Tensor> nodes{w, x, b, p, y, e, L};
  std::vector<double> found;
  lab::CsvWriter csv = lesson.csv("chain_rule.csv", {"value", "gradient"});
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    found.push_back(nodes[i].grad().item());
    csv.row({nodes[i].item(), found[i]});
    lesson.log({{"node", names[i]}, {"value", nodes[i].item()}, {"dL/dnode", found[i]}});
  }
  csv.close();
  lesson.check("every gradient is the one by hand",
               found == std::vector<double>{12, 8, 4, 4, 4, 4, 1});
}

// 3. The interview version: a number, its gradient, and for each input an edge with the local
//    derivative of this number by that input.
struct Value {
  double data = 0, grad = 0;
  std::vector<std::pair<Value*, double>> inputs = {};
  bool visited = false;
};
Value add(Value& a, Value& b) { return {a.data + b.data, 0, {{&a, 1}, {&b, 1}}}; }
Value mul(Value& a, Value& b) { return {a.data * b.data, 0, {{&a, b.data}, {&b, a.data}}}; }

void pass_on(Value& y) {
  for (auto& [input, derivative] : y.inputs) input->grad += y.grad * derivative;
}

void sort(Value& y, std::vector<Value*>& order) {  // first all inputs, then y
  if (std::exchange(y.visited, true)) return;
  for (auto& [input, derivative] : y.inputs) sort(*input, order);
  order.push_back(&y);
}

void backward(Value& y) {  // from the end of the order: every node before its inputs
  std::vector<Value*> order;
  sort(y, order);
  y.grad = 1;
  for (auto v = order.rbegin(); v != order.rend(); ++v) pass_on(**v);
}

// 4. The tempting shortcut: pass on what has arrived so far, then go down every edge.
void backward_in_no_order(Value& y) {
  pass_on(y);
  for (auto& [input, derivative] : y.inputs) backward_in_no_order(*input);
}

// 5. Does a task come back from a process with 8 MB of stack? A child is sent to find out.
bool survives(bool task(int levels), int levels) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit stack{.rlim_cur = 8 << 20, .rlim_max = 8 << 20};
    close(STDERR_FILENO);  // a sanitizer would tell of the death we came to see
    _exit(setrlimit(RLIMIT_STACK, &stack) == 0 && task(levels) ? 0 : 1);
  }
  int status = 0;
  return waitpid(child, &status, 0) == child && status == 0;
}

bool by_recursion(int levels) {
  std::vector<Value> v(static_cast<std::size_t>(levels));
  for (std::size_t i = 1; i < v.size(); ++i) v[i] = add(v[i - 1], v[i - 1]);
  return backward(v.back()), true;
}

bool by_the_engine(int levels) {
  Tensor zero(0), leaf = Tensor(1).requires_grad_(), top = leaf;
  for (int i = 0; i < levels; ++i) top = top + zero;
  top.backward();
  top = leaf;
  for (int i = 0; i < levels; ++i) top = top + zero;  // this graph is dropped, never used
  return leaf.grad().item() == 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    seven_nodes(lesson);
    // 6. The same by the interview version; then b = a + a, c = b + b, so that c = 4 a.
    Value w{2}, x{3}, bias{-1}, minus_target{-3};
    Value p = mul(w, x), y = add(p, bias), e = add(y, minus_target), loss = mul(e, e);
    backward(loss);
    lesson.check_near("interview version, the graph above: dL/dw", w.grad, 12, 0);
    Value a{1}, b = add(a, a), c = add(b, b);
    backward(c);
    lesson.check_near("b = a + a, c = b + b, in order: dc/da", a.grad, 4, 0);
    a.grad = b.grad = 0;
    backward_in_no_order(c);
    lesson.check_near("in no order: twice too much", a.grad, 8, 0);

    // 7. How deep? The recursion keeps a frame for every level, the engine a list of nodes.
    int levels = 512;
    while (levels < 1 << 20 && survives(by_recursion, 2 * levels)) levels *= 2;
    lesson.machine({{"levels the recursion survives", levels}, {"and not", 2 * levels}});
    lesson.check("the recursion survives 2^10 levels, but not 2^20",
                 levels > 512 && levels < 1 << 20);
    lesson.check("the engine survives 2^20", survives(by_the_engine, 1 << 20));
    lesson.draw_figure();
    lesson.close(
        {.what_you_saw = "A node passes its gradient on once: when it is complete.",
         .change_one_thing = "Make it L = e * e * e: find all gradients by hand, then run.",
         .next = "./build/lessons/backward   the same graph, with tensors in it"});
  };
  return lab::run_lesson(
      argc, argv, {.slug = "chain_rule", .question = "How do gradients flow through a graph?"},
      lesson_body);
}
