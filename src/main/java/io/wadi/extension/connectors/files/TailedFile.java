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

    private final String part;
    private final FileChannel channel;
    private FileOffset place;

    /** Takes what its position is kept under. */
    TailedFile(String part, FileChannel channel, FileOffset place) {
        this.part = part;
        this.channel = channel;
        this.place = place;
    }

    static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.READ);
    }

    String part() {
        return part;
    }

    FileOffset place() {
        return place;
    }

    FileChannel channel() {
        return channel;
    }

    /** Sets the current name. */
    void isAt(String path) {
        place = place.at(path, place.inode());
    }

    /** Reads the following bytes, up to the buffer's end; none at the end of the file. */
    ByteBuffer follow(ByteBuffer into) throws IOException {
        into.clear();
        long from = place.offset();
        while (into.hasRemaining() && channel.read(into, from + into.position()) > 0) {
            // until there is no more now
        }
        return into.flip();
    }

    void readTo(long offset, boolean isWithin) throws IOException {
        place = place.to(offset, isWithin, channel);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("{} was not closed in order", place.path(), e);
        }
    }
}
