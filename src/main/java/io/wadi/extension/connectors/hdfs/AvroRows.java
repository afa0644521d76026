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
            blocks.begin();
            // Discards the reader's buffer, which already has a part of the first block.
            records.seek(records.previousSync());
        } catch (IOException | RuntimeException | LinkageError | StackOverflowError e) {
            throw content.unreadable(FORMAT, e);
        }
        skip(skip);
    }

    @Override
    Object read() throws IOException, UnreadableFileException {
        try {
            if (records.hasNext()) {
                return records.next();
            }
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            throw content.unreadable(FORMAT, e);
        }
        if (!blocks.isAtEndOfBlock()) {
            throw new UnreadableFileException("the file is cut off within a block");
        }
        return null;
    }
}
