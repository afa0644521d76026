package io.wadi.extension.connectors.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.apache.kafka.common.utils.Utils;

/** An open file that a source reads, whatever its current name, with its offset. */
final class TailedFile implements AutoCloseable {
    private final String sourcePartition;
    private final FileChannel channel;
    private FileOffset offset;

    /**
     * Creates an instance for an open file.
     *
     * @param sourcePartition the key of its source offset
     */
    TailedFile(String sourcePartition, FileChannel channel, FileOffset offset) {
        this.sourcePartition = sourcePartition;
        this.channel = channel;
        this.offset = offset;
    }

    String sourcePartition() {
        return sourcePartition;
    }

    FileOffset offset() {
        return offset;
    }

    FileChannel channel() {
        return channel;
    }

    /** Sets the current path. */
    void isAt(String path) {
        offset = offset.at(path, offset.inode());
    }

    /** Reads the next bytes, at most as many as the buffer can take; none at the end of the file. */
    ByteBuffer follow(ByteBuffer into) throws IOException {
        into.clear();
        Utils.readFully(channel, into, offset.offset());
        return into.flip();
    }

    void readTo(long end, boolean isWithin) throws IOException {
        offset = offset.to(end, isWithin, channel);
    }

    @Override
    public void close() {
        Utils.closeQuietly(channel, offset.path());
    }
}
