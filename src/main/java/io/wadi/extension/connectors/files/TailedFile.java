package io.wadi.extension.connectors.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that is being read: the open file, whatever it is called now, and how far. */
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

    /** It has another name now. */
    void isAt(String path) {
        place = place.at(path, place.inode());
    }

    /** Reads what follows, up to the buffer's end; nothing where there is nothing. */
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
