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
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * A health probe for writes to HDFS. It writes a small file to DataNodes with the replication and block size of landed
 * files, so that the same quotas apply, renames it and deletes it. The file is in the directory of landing's open
 * files, under a name that no topic can have. The probe also checks the remaining space.
 */
public final class HdfsWriteProbe implements Prober.Probe {
    private static final Duration STALE_AGE = Duration.ofHours(1);
    private static final byte[] CONTENT = "Written by Wadi's health check\n".getBytes(UTF_8);

    private final FileStore store;
    private final HdfsConnection hdfs;
    private final String all;
    private final String own;
    private final long minBytes;
    private boolean deletedStale;

    /**
     * Creates a probe that connects at its first run.
     *
     * @param store creates files with the options of landed files
     * @param directory the directory of landed files
     * @param minBytes minimum remaining space in HDFS, over all DataNodes
     */
    public HdfsWriteProbe(FileStore store, HdfsConnection hdfs, String directory, long minBytes) {
        this.store = store;
        this.hdfs = hdfs;
        this.all = new Layout(directory).root() + "/_tmp/+health";
        this.own = all + "/" + UUID.randomUUID();
        this.minBytes = minBytes;
    }

    @Override
    public CheckResult check() throws InterruptedException {
        hdfs.ignoreOutages();
        long start = System.nanoTime();
        try {
            deleteStaleFiles();
            store.delete(own);
            store.makeDirectory(own);
            store.write(own + "/written", CONTENT);
            store.rename(own + "/written", own + "/renamed");
            store.delete(own);
            long remaining = hdfs.remainingBytes();
            return remaining < minBytes
                    ? CheckResult.fault("%d MiB of space remain, less than wadi.health.min-hdfs-space=%d MiB"
                            .formatted(remaining >> 20, minBytes >> 20))
                    : CheckResult.proof("wrote, renamed and deleted a file in %d ms; %d MiB of space remain"
                            .formatted((System.nanoTime() - start) / 1_000_000, remaining >> 20));
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
        return CheckResult.fault("writing, renaming and deleting a file in %s failed: %s"
                .formatted(own, Causes.inShort(Causes.innermost(e))));
    }

    /** Deletes files that crashed processes left behind, once. */
    private void deleteStaleFiles() throws IOException {
        if (deletedStale) {
            return;
        }
        for (FileStore.Entry entry : store.list(all)) {
            if (entry.modified().isBefore(Instant.now().minus(STALE_AGE))) {
                store.delete(all + "/" + entry.name());
            }
        }
        deletedStale = true;
    }
}
