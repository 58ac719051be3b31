// The first process of a container: reaps what nobody else does, hands signals on, and waits for
// the tasks of a server that was asked to stop.
#pragma once

namespace gantry::app {

// Call before any thread. Where this process is pid 1 it forks: the program goes on in the child,
// and pid 1 stays here until the child has ended, then exits with its code. Elsewhere: nothing.
//
// When pid 1 ends, the kernel kills what is left in its pid namespace. So after a stop that was
// asked for (SIGTERM, SIGINT) it waits for the running tasks, whose shims write their ends to disk;
// a second signal, or the patience of whoever stops the container, ends that. A server that ends
// by itself ends the container at once, so that it can be started anew.
void stand_in_as_init();

}  // namespace gantry::app
