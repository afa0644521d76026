package io.wadi.extension.connectors.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open file that is being read, whatever its current name, and its offset. */
final class TailedFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TailedFile.class);

    private final String sourcePartition;
    private final FileChannel channel;
    private FileOffset offset;

    /** Takes the source partition of its offset. */
    TailedFile(String sourcePartition, FileChannel channel, FileOffset offset) {
        this.sourcePartition = sourcePartition;
        this.channel = channel;
        this.offset = offset;
    }

    static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.READ);
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

    /** Sets the current name. */
    void isAt(String path) {
        offset = offset.at(path, offset.inode());
    }

    /** Reads the following bytes, up to the buffer's end; none at the end of the file. */
    ByteBuffer follow(ByteBuffer into) throws IOException {
        into.clear();
        long from = offset.offset();
        while (into.hasRemaining() && channel.read(into, from + into.position()) > 0) {
            // until there is no more now
        }
        return into.flip();
    }

    void readTo(long end, boolean isWithin) throws IOException {
        offset = offset.to(end, isWithin, channel);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("{} was not closed in order", offset.path(), e);
        }
    }
}
