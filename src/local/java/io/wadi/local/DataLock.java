package io.wadi.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A lock of a data directory for one {@code ./wadi up}. The kernel releases it at the end of the process. */
final class DataLock implements AutoCloseable {
    private final FileChannel channel;

    private DataLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Locks a directory, and creates it if needed.
     *
     * @throws IOException if it cannot be written or is locked; the message contains the remedy
     */
    static DataLock take(Path data) throws IOException {
        Path file = data.resolve("up.lock");
        FileChannel channel;
        try {
            Files.createDirectories(data);
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException(
                    "The data directory " + data + " cannot be written: choose another with --data DIR.", e);
        }
        if (lock(channel) == null) {
            channel.close();
            throw new IOException("Another ./wadi up (pid "
                    + Files.readString(file).strip() + ") has the data directory " + data
                    + ": stop that, or choose another with --data DIR.");
        }
        return new DataLock(channel);
    }

    /** Writes the process id, for the error message of another process. */
    void signWithPid() throws IOException {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException ours) {
            return null;
        }
    }
}
