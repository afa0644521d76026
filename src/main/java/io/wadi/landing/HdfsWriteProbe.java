package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.kafka.Causes;
import io.wadi.landing.files.Layout;
import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.Prober;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;

/**
 * A health probe for writes to HDFS. It writes a small file to DataNodes with the replication and block size of landed
 * files, so that the same quota applies, renames it and deletes it. The file is in the directory of landing's open
 * files, under a name that no topic has. It also checks the remaining space.
 */
public final class HdfsWriteProbe implements Prober.Probe {
    private static final Duration LEFT_BEHIND = Duration.ofHours(1);
    private static final byte[] CONTENT = "Wadi's proof that it can write here\n".getBytes(UTF_8);

    private final FileStore store;
    private final HdfsConnection hdfs;
    private final String all;
    private final String own;
    private final long leastBytes;
    private final Clock clock;
    private boolean swept;

    /**
     * Creates a probe that connects at its first run.
     *
     * @param store creates files like landed ones
     * @param directory of landed files
     * @param leastBytes minimum remaining space in HDFS, over all DataNodes
     */
    public HdfsWriteProbe(FileStore store, HdfsConnection hdfs, String directory, long leastBytes, Clock clock) {
        this.store = store;
        this.hdfs = hdfs;
        this.all = new Layout(directory).root() + "/_tmp/+health";
        this.own = all + "/" + UUID.randomUUID();
        this.leastBytes = leastBytes;
        this.clock = clock;
    }

    @Override
    public CheckResult look() throws InterruptedException {
        hdfs.askInOutages();
        long begun = System.nanoTime();
        try {
            sweep();
            store.delete(own);
            store.makeDirectory(own);
            write(own + "/written");
            store.rename(own + "/written", own + "/renamed");
            store.delete(own);
            long left = hdfs.remainingBytes();
            return left < leastBytes
                    ? CheckResult.fault("%d MiB are left, wadi.health.min-hdfs-space is %d MiB"
                            .formatted(left >> 20, leastBytes >> 20))
                    : CheckResult.proof("wrote, renamed and deleted a file in %d ms; %d MiB are left"
                            .formatted((System.nanoTime() - begun) / 1_000_000, left >> 20));
        } catch (InterruptedIOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return fault(e);
        } catch (IOException | RuntimeException e) {
            return fault(e);
        }
    }

    private CheckResult fault(Exception e) {
        return CheckResult.fault("a file could not be written, renamed and deleted in %s: %s"
                .formatted(own, Causes.inShort(Causes.innermost(e))));
    }

    private void write(String path) throws IOException {
        FileStore.Output out = store.create(path);
        try {
            out.write(CONTENT);
            out.sync();
            out.close();
        } catch (IOException | RuntimeException e) {
            out.abort();
            throw e;
        }
    }

    /** Deletes files left by crashed processes, once. */
    private void sweep() throws IOException {
        if (swept) {
            return;
        }
        for (FileStore.Entry entry : store.list(all)) {
            if (entry.modified().isBefore(clock.instant().minus(LEFT_BEHIND))) {
                store.delete(all + "/" + entry.name());
            }
        }
        swept = true;
    }
}
