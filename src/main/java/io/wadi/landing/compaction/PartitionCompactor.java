package io.wadi.landing.compaction;

import io.wadi.hdfs.FileStore;
import io.wadi.landing.LandingException;
import io.wadi.landing.files.CompactingFile;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.VisibleFiles;
import io.wadi.landing.format.LineReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.apache.kafka.common.TopicPartition;

/**
 * Merges a partition's small files into larger ones. At every moment each record is visible once, however many compactors
 * work at a time and wherever they are killed, because
 * <ol>
 *   <li>the first file is renamed to a name that tells what is to be merged into it and who does it ({@link CompactingFile}),
 *       and the others are appended to it by one operation of the NameNode that also takes their names away;
 *   <li>the bytes are then copied to a file with large blocks in a directory of the attempt's own, and the copy is renamed over
 *       them;
 *   <li>the file is renamed to the landed name of all it covers;
 *   <li>what an attempt has left behind is taken up by another one, which first deletes the directory of the one it takes it
 *       from, so that no copy can be renamed any more, and then renames the file to a name of its own, so that nothing else
 *       can be done to it either. Only then it looks what the file holds.
 * </ol>
 * An attempt that fails is never gone on with: what it has asked for may still happen. docs/models/compaction-model.py checks
 * this in every order of events. Only files below the committed offset take part, and never the newest, so landing's
 * recovery sees the same with and without. For one thread.
 */
final class PartitionCompactor {
    private static final int BUFFER = 1 << 16;

    private final FileStore store;
    private final Layout layout;
    private final TopicPartition partition;
    private final Sizes sizes;

    /**
     * Which files are merged.
     *
     * @param below bytes; only shorter ones
     * @param to bytes; merged files are at most so long
     * @param most at most so many at a time
     */
    record Sizes(long below, long to, int most) {}

    /**
     * Files to be merged.
     *
     * @param files two or more of one directory, each beginning where the one before ends
     */
    record Merge(List<VisibleFiles.File> files) {
        long bytes() {
            return files.stream().mapToLong(VisibleFiles.File::length).sum();
        }

        private VisibleFiles.File first() {
            return files.get(0);
        }

        private CompactingFile by(String attempt) {
            long last = files.get(files.size() - 1).landed().last();
            return new CompactingFile(first().name(), first().length(), last, attempt);
        }

        /** The path of the file that they become. */
        String result() {
            return first().directory() + "/" + by("").result();
        }
    }

    PartitionCompactor(FileStore store, Layout layout, TopicPartition partition, Sizes sizes) {
        this.store = store;
        this.layout = layout;
        this.partition = partition;
        this.sizes = sizes;
    }

    /**
     * Brings merges to their end that others have left, or takes them back where nothing was merged yet; others that are at
     * work fail. Returns how many there were.
     *
     * @throws LandingException where the file system fails; to be called again
     */
    int settle() {
        String compactors = layout.compactors(partition);
        return attempt(compactors, "unfinished merges could not be settled", () -> {
            for (FileStore.Entry other : store.list(compactors)) {
                store.delete(compactors + "/" + other.name());
            }
            List<VisibleFiles.Unfinished> unfinished =
                    VisibleFiles.list(store, layout, partition).unfinished();
            for (VisibleFiles.Unfinished each : unfinished) {
                new Attempt().settle(each);
            }
            return unfinished.size();
        });
    }

    /** What there is to merge among the files below the committed offset. */
    List<Merge> plan(long committed) {
        VisibleFiles visible = attempt(
                layout.visible(partition),
                "its landed files could not be listed",
                () -> VisibleFiles.list(store, layout, partition));
        List<Merge> merges = new ArrayList<>();
        List<VisibleFiles.File> run = new ArrayList<>();
        long newest = visible.files().stream()
                .mapToLong(file -> file.landed().last())
                .max()
                .orElse(-1);
        for (VisibleFiles.File file : visible.files()) {
            boolean takesPart = file.isLanded()
                    && file.landed().last() < Math.min(committed, newest)
                    && file.length() > 0
                    && file.length() < sizes.below()
                    && LineReader.canRead(file.path());
            if (!takesPart || (!run.isEmpty() && !goesOn(run, file))) {
                end(run, merges);
            }
            if (takesPart) {
                run.add(file);
            }
        }
        end(run, merges);
        return merges;
    }

    private boolean goesOn(List<VisibleFiles.File> run, VisibleFiles.File next) {
        VisibleFiles.File before = run.get(run.size() - 1);
        return next.landed().first() == before.landed().last() + 1
                && next.directory().equals(before.directory())
                && next.extension().equals(before.extension())
                && run.size() < sizes.most()
                && new Merge(run).bytes() + next.length() <= sizes.to();
    }

    private static void end(List<VisibleFiles.File> run, List<Merge> merges) {
        if (run.size() > 1) {
            merges.add(new Merge(List.copyOf(run)));
        }
        run.clear();
    }

    /**
     * Merges.
     *
     * @throws LandingException where it could not be done; what was begun is settled, or is left to the next {@link #settle}
     */
    void merge(Merge merge) {
        try {
            attempt(merge.result(), "files could not be merged", () -> {
                new Attempt().merge(merge);
                return merge;
            });
        } catch (LandingException e) {
            try {
                settle();
            } catch (LandingException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private <T> T attempt(String path, String failed, Step<T> step) {
        try {
            return step.run();
        } catch (IOException e) {
            throw new LandingException(partition, path, failed, e);
        }
    }

    private interface Step<T> {
        T run() throws IOException;
    }

    /** All that is done under one unique name. */
    private final class Attempt {
        private final String id = UUID.randomUUID().toString();
        private final String own = layout.compactors(partition) + "/" + id;

        void merge(Merge merge) throws IOException {
            CompactingFile file = merge.by(id);
            String directory = merge.first().directory() + "/";
            store.makeDirectory(own);
            store.rename(merge.first().path(), directory + file.name());
            store.concat(
                    directory + file.name(),
                    merge.files().stream().skip(1).map(VisibleFiles.File::path).toList());
            finish(directory, file);
        }

        void settle(VisibleFiles.Unfinished left) throws IOException {
            String directory = left.directory() + "/";
            CompactingFile file = left.file().takenBy(id);
            store.delete(layout.compactors(partition) + "/" + left.file().attempt());
            store.makeDirectory(own);
            store.rename(directory + left.file().name(), directory + file.name());
            if (file.holdsAll(store.length(directory + file.name()))) {
                finish(directory, file);
            } else {
                store.rename(directory + file.name(), directory + file.original());
                store.delete(own);
            }
        }

        private void finish(String directory, CompactingFile file) throws IOException {
            String merged = directory + file.name();
            String copy = own + "/copy";
            if (copy(merged, copy) != checksum(copy) || store.length(copy) != store.length(merged)) {
                throw new IOException(copy + " is not what was written");
            }
            store.replace(copy, merged);
            store.rename(merged, directory + file.result());
            store.delete(own);
        }

        /** Returns the checksum of what was read. */
        private long copy(String source, String target) throws IOException {
            CRC32C checksum = new CRC32C();
            FileStore.Output out = store.create(target);
            try (InputStream in = store.open(source)) {
                byte[] buffer = new byte[BUFFER];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    checksum.update(buffer, 0, read);
                    out.write(buffer, 0, read);
                }
                out.sync();
            } catch (IOException e) {
                out.abort();
                throw e;
            }
            out.close();
            return checksum.getValue();
        }

        private long checksum(String path) throws IOException {
            CRC32C checksum = new CRC32C();
            try (InputStream in = store.open(path)) {
                byte[] buffer = new byte[BUFFER];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    checksum.update(buffer, 0, read);
                }
            }
            return checksum.getValue();
        }
    }
}
