package io.wadi.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Checks the preconditions of {@code ./wadi up}. */
final class Preflight {
    /** The servers use at most 2 GiB and the pipeline 1 GiB, including memory outside the heap. */
    static final long NEEDED_MEMORY_BYTES = 3L << 30;

    /** Space for the servers' initial files and some days of events. */
    static final long NEEDED_DISK_BYTES = 2L << 30;

    private Preflight() {}

    /** Returns the problems, one line each with a remedy. */
    static List<String> problems(UpOptions options, Machine machine) {
        List<String> problems = new ArrayList<>();
        checkCommands(machine, problems);
        checkPorts(options, problems);
        if (machine.availableMemoryBytes() < NEEDED_MEMORY_BYTES) {
            problems.add("Only " + gib(machine.availableMemoryBytes()) + " of memory are available, "
                    + gib(NEEDED_MEMORY_BYTES) + " are needed: close other programs, or give this machine more.");
        }
        if (machine.usableDiskBytes() < NEEDED_DISK_BYTES) {
            problems.add("Only " + gib(machine.usableDiskBytes()) + " of disk are free for " + options.data() + ", "
                    + gib(NEEDED_DISK_BYTES) + " are needed: make room, or choose another place with --data DIR.");
        }
        return problems;
    }

    private static void checkCommands(Machine machine, List<String> problems) {
        if (!machine.commands().contains("setsid")) {
            problems.add("The command setsid is not on the PATH: install the package util-linux.");
        }
        if (machine.root() && !machine.commands().contains("setpriv")) {
            problems.add(
                    "Elasticsearch refuses to run as root, and the command setpriv, which gives it another user, is"
                            + " not on the PATH: install the package util-linux, or run this as another user.");
        }
    }

    private static void checkPorts(UpOptions options, List<String> problems) {
        for (UpOptions.Port port : options.ports()) {
            Ports.takenBy(port.number())
                    .ifPresent(other -> problems.add("Port " + port.number() + " for " + port.what() + " is taken by "
                            + other + ": stop that, or choose another port with " + port.option() + " N."));
        }
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }
}
