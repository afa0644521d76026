package io.wadi.extension.connectors.hdfs;

import java.io.IOException;
import org.apache.avro.file.DataFileReader;

/** The records of an Avro object container file, with the schema in the file. */
final class AvroRows extends RecordRows {
    private static final String FORMAT = "an Avro file";

    private final HdfsContent content;
    private final AvroBlocks blocks;
    private final DataFileReader<Object> records;

    AvroRows(HdfsContent content, long skip) throws IOException, UnreadableFileException {
        this.content = content;
        this.blocks = new AvroBlocks(content);
        try {
            records = new DataFileReader<>(blocks, new BoundedDatumReader());
            // Discards the reader's buffer, which already has a part of the first block.
            readFrom(records.previousSync());
        } catch (IOException | RuntimeException | LinkageError | StackOverflowError e) {
            throw content.unreadable(FORMAT, e);
        }
        skip(skip);
    }

    private void readFrom(long block) throws IOException {
        blocks.begin(block);
        records.seek(block);
    }

    private boolean hasNext() throws IOException {
        try {
            return records.hasNext();
        } catch (RuntimeException e) {
            if (!blocks.endBeforeDamage(records.previousSync())) {
                throw e;
            }
            readFrom(records.previousSync());
            return records.hasNext();
        }
    }

    @Override
    Object read() throws IOException, UnreadableFileException {
        try {
            if (hasNext()) {
                return records.next();
            }
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            throw content.unreadable(FORMAT, e);
        }
        if (blocks.damage() != null) {
            throw content.unreadable(FORMAT, blocks.damage());
        }
        if (!blocks.isAtEndOfBlock()) {
            throw new UnreadableFileException("the file is cut off within a block");
        }
        return null;
    }
}
