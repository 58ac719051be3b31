"""Every rule of tools/tidy has to catch its bad snippet and to leave the good one alone."""
import importlib.machinery
import importlib.util
import os
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


def load_tidy():
    loader = importlib.machinery.SourceFileLoader("tidy", os.path.join(HERE, "tidy"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("tidy", loader))
    module.__dict__["__name__"] = "tidy"
    import sys
    sys.modules["tidy"] = module
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


tidy = load_tidy()


def rules(path, text):
    return [finding.rule for finding in tidy.check_source(tidy.Source(path, text)) if finding.fatal]


# (rule, path, code): each has to be found, and nothing else.
BAD = [
    ("include", "src/core/a.cpp", '#include "store/store.h"\n'),
    ("include", "src/base/a.cpp", '#include "model/run.h"\n'),
    ("include", "src/engine/a.cpp", '#include "api/routes.h"\n'),
    ("include", "src/engine/a.cpp", '  #  include "app/main.h"\n'),
    ("include", "src/shim/a.cpp", '#include "base/result.h"\n'),
    ("include", "src/testing/a.cpp", '#include "app/main.h"\n'),
    ("include", "src/core/a.cpp", '#include "testing/clock.h"\n'),
    ("include", "src/core/a.cpp", '#include "core.h"\n'),
    ("folder", "src/misc/a.cpp", "int a;\n"),
    ("clock", "src/core/a.cpp", "auto now = std::chrono::system_clock::now();\n"),
    ("clock", "src/engine/a_test.cpp", "auto now = steady_clock::now();\n"),
    ("coroutine", "src/api/a.cpp", "co_await later();\n"),
    ("unordered", "src/core/a.cpp", "std::unordered_map<int, int> m;\n"),
    ("unordered", "src/core/a.cpp", "#include <unordered_set>\n"),
    ("pure", "src/core/a.cpp", "#include <random>\n"),
    ("catch-all", "src/spec/a.cpp", "void f() { try { g(); } catch ( ... ) {} }\n"),
    ("system", "src/app/a.cpp", 'void f() { std::system("ls"); }\n'),
    ("popen", "src/app/a.cpp", 'void f() { ::popen("ls", "r"); }\n'),
    ("sprintf", "src/app/a.cpp", "void f() { sprintf(b, c); }\n"),
    ("detach", "src/app/a.cpp", "void f() { thread.detach(); }\n"),
    ("new", "src/app/a.cpp", "auto* a = new Thing(1);\n"),
    ("delete", "src/app/a.cpp", "void f() { delete a; }\n"),
    ("heavy-header", "src/api/a.h", "#pragma once\n#include <boost/asio.hpp>\n"),
    ("library", "src/engine/a.cpp", "#include <sqlite3.h>\n"),
    ("library", "src/core/a.cpp", "#include <yaml.h>\n"),
    ("sleep", "src/net/a_test.cpp", "void f() { std::this_thread::sleep_for(1s); }\n"),
    ("sleep", "tests/sim/a.cpp", "void f() { ::sleep(1); }\n"),
    ("sleep", "tests/e2e/test_a.py", "import time\ntime.sleep(2)\n"),
    ("sleep", "tests/e2e/test_a.py", "from time import monotonic, sleep\n"),
    ("disabled", "src/net/a_test.cpp", "TEST(A, DISABLED_works) {}\n"),
    ("disabled", "tests/e2e/test_a.py", '    @unittest.skip("later")\n'),
    ("cloexec", "src/app/a.cpp", "int fd = ::open(path, O_RDONLY);\n"),
    ("cloexec", "src/app/a.cpp", "int fd = open(path.c_str(),\n    O_CREAT | O_EXCL, 0600);\n"),
    ("cloexec", "src/app/a.cpp", "const int kHow = O_PATH;\nint fd = ::open(p, kHow);\n"),
    ("cloexec", "src/app/a.cpp", "int fd = ::openat(dir, path, O_RDONLY);\n"),
    ("cloexec", "src/app/a.cpp", "int fd = socket(AF_UNIX, SOCK_STREAM, 0);\n"),
    ("cloexec", "src/app/a.cpp", "return ::socket(AF_UNIX, SOCK_STREAM, 0);\n"),
    ("cloexec", "src/app/a.cpp", 'int fd = ::memfd_create("x", 0);\n'),
    ("cloexec", "src/app/a.cpp", "int fd = ::accept(listener, nullptr, nullptr);\n"),
    ("cloexec", "src/app/a.cpp", "int fd = accept(listener, nullptr, nullptr);\n"),
    ("cloexec", "src/app/a.cpp", "int r = ::pipe(fds);\n"),
    ("cloexec", "src/app/a.cpp", "if (pipe(fds) != 0) return;\n"),
    ("cloexec", "src/app/a.cpp", "if (::pipe2(fds, O_NONBLOCK) != 0) return;\n"),
    ("cloexec", "src/app/a.cpp", "int copy = ::dup(fd);\n"),
    ("name", "src/app/a.h", "#pragma once\nclass RunManager {};\n"),
    ("name", "src/app/a.h", "#pragma once\nstruct FileUtils;\n"),
    ("name", "src/app/a.h", "#pragma once\nusing StoreImpl = int;\n"),
    ("name", "src/app/string_util.cpp", "int a;\n"),
    ("i-prefix", "src/app/a.h", "#pragma once\nclass IStore {};\n"),
    ("pragma-once", "src/app/a.h", "int a;\n"),
    ("banner", "src/app/a.cpp", "// ---------------- section\n"),
    ("width", "src/app/a.cpp", "// " + "x" * 98 + "\n"),
    ("file-length", "src/app/a.cpp", "int a;\n" * 801),
    ("machine-path", "docs/a.md", "see " + tidy.MACHINE_PATH + "main\n"),
    ("unfinished", "src/app/a.cpp", "// TO" + "DO: later\n"),
    ("unfinished", "tools/a.py", "# FIX" + "ME\n"),
]

GOOD = [
    ("src/core/a.cpp", '#include "model/run.h"\n#include "core/state.h"\n#include <vector>\n'),
    ("src/core/a_test.cpp", '#include "testing/sim_clock.h"\n'),
    ("src/shim/a.cpp", '#include "base/crc32.h"\n#include "shim/record.h"\n'),
    ("src/app/a.cpp", '#include "engine/engine.h"\n#include "app/cli.h"\n'),
    ("src/api/a.cpp", '#include "core/core.h"\n'),
    ("src/base/a.cpp", "auto now = std::chrono::system_clock::now();\n"),
    ("src/net/a.cpp", "co_await later();\n"),
    ("src/app/a.cpp", '// system("x") and new things; delete none\nauto s = "new popen(";\n'),
    ("src/app/a.cpp", 'auto s = R"(it\'s new " catch (...) )";\nint n = 1\'000\'000;\n'),
    ("src/app/a.h", "#pragma once\nclass A {\n  A(const A&) = delete;\n};\n"),
    ("src/app/a.cpp", "int fd = ::open(path, O_RDONLY | O_CLOEXEC);\n"),
    ("src/app/a.cpp", "int fd = ::open(path,\n                O_RDONLY |\n O_CLOEXEC);\n"),
    ("src/app/a.cpp", "const int kHow = O_PATH | O_CLOEXEC;\nint fd = ::open(p, kHow);\n"),
    ("src/app/a.cpp", "file.open(path);\nopen(true);\nstream->socket(1);\n"),
    ("src/app/a.cpp", "void open(bool is_map);\nFd socket(int kind);\nFd& socket(int k);\n"),
    ("src/app/a.cpp", "int fd = ::accept4(l, a, b, SOCK_CLOEXEC | SOCK_NONBLOCK);\n"),
    ("src/app/a.h", "#pragma once\nclass Implicit {};\nstruct IPv4 {};\nclass IoLoop {};\n"),
    ("src/app/a.cpp", "// tidy: allow new - the library takes ownership\nauto* a = new A;\n"),
    ("src/app/a.cpp", "auto* a = new A;  // tidy: allow new - the library takes ownership\n"),
    ("src/app/a.cpp", "file_system(1); s.system(2); snprintf(a, b);\n"),
    ("tests/e2e/waiting.py", "import time\ntime.sleep(0.01)\n"),
]


def function_of(lines):
    return "{\n" + "  x();\n" * (lines - 2) + "}\n"


class Rules(unittest.TestCase):
    def test_every_bad_snippet_is_caught(self):
        for rule, path, text in BAD:
            with self.subTest(rule=rule, path=path, text=text[:80]):
                self.assertEqual(set(rules(path, text)), {rule})

    def test_good_code_passes(self):
        for path, text in GOOD:
            with self.subTest(path=path, text=text[:80]):
                self.assertEqual(rules(path, text), [])

    def test_every_ban_has_a_bad_snippet(self):
        self.assertLessEqual({ban.rule for ban in tidy.BANS}, {rule for rule, _, _ in BAD})

    def test_an_allowance_needs_the_right_rule_and_a_reason(self):
        for comment in ("// tidy: allow delete - a", "// tidy: allow new", "// tidy: allow new -"):
            self.assertEqual(rules("src/app/a.cpp", f"auto* a = new A;  {comment}\n"), ["new"])

    def test_an_allowance_at_the_end_of_a_line_does_not_reach_the_next(self):
        text = "auto* a = new A;  // tidy: allow new - reason\nauto* b = new B;\n"
        self.assertEqual(rules("src/app/a.cpp", text), ["new"])

    def test_finding_names_file_line_and_rule(self):
        source = tidy.Source("src/app/a.cpp", "int a;\n\nauto* b = new B;\n")
        self.assertIn("src/app/a.cpp:3: [new]", str(next(tidy.check_source(source))))


class FunctionLength(unittest.TestCase):
    HEADS = [
        "void f() ",
        "Result<std::vector<int>> A::f(const B& b, C c = {}) const noexcept ",
        "template <class T, typename U>\nauto f(T t) -> std::map<T, U> ",
        "A::A(int x) : a_{x}, b_(x) ",
        "A::A(int x) : a_(x), b_{x} ",
        "TEST(A, b) ",
        "struct B f() ",
        "namespace a {\nclass C {\n  int g() { return 1; }\n  void f() override ",
        "const auto f = [](int x) ",
    ]

    def test_seventy_lines_pass_and_seventy_one_fail(self):
        for head in self.HEADS:
            with self.subTest(head=head):
                self.assertEqual(rules("src/app/a.cpp", head + function_of(70)), [])
                self.assertEqual(rules("src/app/a.cpp", head + function_of(71)),
                                 ["function-length"])

    def test_classes_namespaces_and_tables_may_be_long(self):
        for head in ("class A ", "namespace gantry::core ", "enum class E : int ", 'extern "C" ',
                     "struct alignas(64) A ", "constexpr Row kRows[] = "):
            self.assertEqual(rules("src/app/a.cpp", head + function_of(90)), [], head)

    def test_braces_in_texts_do_not_count(self):
        text = 'void f() { a("{{{"); b(\'{\'); c(R"x({)x"); }\n' + "int x;\n" * 90
        self.assertEqual(rules("src/app/a.cpp", text), [])


class Tree(unittest.TestCase):
    def check(self, files):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(text)
            return [finding.rule for finding in tidy.check_tree(root)]

    def test_folders_missing_in_architecture_are_found(self):
        files = {"src/core/a.cpp": "int a;\n", "src/base/a.cpp": "int a;\n",
                 "./ARCHITECTURE.md": "src/base is the base\n"}
        self.assertEqual(self.check(files), ["architecture"])

    def test_build_output_is_not_looked_at(self):
        self.assertEqual(self.check({"build/a.cpp": "auto* a = new A;\n"}), [])

    def test_bad_file_fails_the_whole(self):
        self.assertEqual(self.check({"src/app/a.cpp": "auto* a = new A;\n"}), ["new"])


if __name__ == "__main__":
    unittest.main()
