package io.wadi.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Assigns the last core to the load generator and the others to the servers, so that neither takes CPU time from the
 * other. On a machine with one core they share it.
 */
final class Cores implements AutoCloseable {
    private static final int ALL = Runtime.getRuntime().availableProcessors();

    private final List<Long> servers;

    private Cores(List<Long> servers) {
        this.servers = servers;
    }

    /** Assigns cores to this process and to the servers, by their process ids, until this is closed. */
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
