package io.wadi.extension.connectors.files;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.utils.Utils;

/**
 * The lock of an output file, which one sink of one process holds: a lock on the file {@code .NAME.lock} beside it. The
 * output itself is not locked, because a lock ends when any channel of its file is closed, even one of a source that
 * reads the output. The lock file contains the random id of the last writer's lines, which distinguishes them from
 * those of other writers, and the disks of several machines.
 */
final class OutputLock implements AutoCloseable {
    private static final int ID_LENGTH = 36;
    /** The locks of this process: closing a second channel of a lock file would release the lock. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel channel;
    private final String id;
    private boolean isClosed;

    private OutputLock(Path path, FileChannel channel, String id) {
        this.path = path;
        this.channel = channel;
        this.id = id;
    }

    /**
     * Locks an existing file.
     *
     * @throws IOException if another sink or process holds the lock, or the lock file cannot be written
     */
    static OutputLock of(Path file) throws IOException {
        Path real = file.toRealPath();
        Path path = real.resolveSibling("." + real.getFileName() + ".lock");
        if (!HELD.add(path)) {
            throw new IOException("another route or partition of this process is writing it; this one continues once"
                    + " that stops (several topics need {topic} in the path)");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw new IOException("another process is writing it; this one continues once that stops");
            }
            return new OutputLock(path, channel, id(channel));
        } catch (IOException | RuntimeException e) {
            close(path, channel);
            throw e;
        }
    }

    private static String id(FileChannel channel) throws IOException {
        ByteBuffer stored = ByteBuffer.allocate(ID_LENGTH);
        Utils.readFully(channel, stored, 0);
        return new String(stored.array(), 0, stored.position(), US_ASCII);
    }

    /** Returns whether a file is a lock file, which sources must not open. */
    static boolean isLock(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith(".") && name.endsWith(".lock");
    }

    /** Returns the id of the last writer's lines; empty if the lock file is new. */
    String id() {
        return id;
    }

    /** Writes the id of the next lines to disk. */
    void store(String next) throws IOException {
        Utils.writeFully(channel.position(0), ByteBuffer.wrap(next.getBytes(US_ASCII)));
        channel.force(true);
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            close(path, channel);
        }
    }

    private static void close(Path path, FileChannel channel) {
        Utils.closeQuietly(channel, path.toString());
        HELD.remove(path);
    }
}
