package io.wadi.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Keeps a load generator apart from what it loads, so that neither takes the other's time: it has the last core for itself,
 * the servers have the others. On a machine of one core they share it.
 */
final class Cores implements AutoCloseable {
    private static final int ALL = Runtime.getRuntime().availableProcessors();

    private final List<Long> servers;

    private Cores(List<Long> servers) {
        this.servers = servers;
    }

    /** Sets this process apart from those, by their ids, until it is closed. */
    static Cores apart(List<Long> servers) throws IOException {
        Cores apart = new Cores(servers);
        if (ALL > 1) {
            apart.set(0, ALL - 2, ALL - 1);
        }
        return apart;
    }

    private void set(int first, int lastOfServers, int firstOfGenerator) throws IOException {
        for (long server : servers) {
            pin(server, first, lastOfServers);
        }
        pin(ProcessHandle.current().pid(), firstOfGenerator, ALL - 1);
    }

    private static void pin(long process, int first, int last) throws IOException {
        String cores = first + "-" + last;
        Process taskset = new ProcessBuilder("taskset", "-a", "-c", "-p", cores, Long.toString(process))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!taskset.waitFor(10, TimeUnit.SECONDS) || taskset.exitValue() != 0) {
                throw new IOException("taskset could not bind process %d to the cores %s".formatted(process, cores));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while binding process " + process, e);
        }
    }

    @Override
    public void close() throws IOException {
        if (ALL > 1) {
            set(0, ALL - 1, 0);
        }
    }
}
