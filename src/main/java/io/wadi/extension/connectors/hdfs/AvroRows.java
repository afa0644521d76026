package io.wadi.extension.connectors.hdfs;

import java.io.IOException;
import java.util.Arrays;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;

/** The records of an Avro object container file, with the schema that it carries. */
final class AvroRows implements FileRows {
    private static final String FORMAT = "an Avro file";

    private final HdfsContent content;
    private final DataFileReader<Object> records;
    /** Of the first block, behind the header and its sync marker. */
    private final long firstBlock;

    private final RecordRows rows;

    AvroRows(HdfsContent content, long skip) throws IOException, UnreadableFileException {
        this.content = content;
        try {
            records = new DataFileReader<>(content, new GenericDatumReader<>());
            firstBlock = records.previousSync();
        } catch (IOException | RuntimeException | LinkageError e) {
            throw content.unreadable(FORMAT, e);
        }
        rows = new RecordRows(this::read, skip);
    }

    private Object read() throws IOException, UnreadableFileException {
        try {
            if (records.hasNext()) {
                return records.next();
            }
            if (!Arrays.equals(syncMarker(firstBlock), syncMarker(content.length()))) {
                // Avro's reader takes a block that is cut off for the end.
                throw new UnreadableFileException("the file is cut off: it does not end with its sync marker");
            }
            return null;
        } catch (RuntimeException | LinkageError e) {
            throw content.unreadable(FORMAT, e);
        }
    }

    private byte[] syncMarker(long end) throws IOException {
        byte[] marker = new byte[DataFileConstants.SYNC_SIZE];
        content.seek(end - marker.length);
        content.readNBytes(marker, 0, marker.length);
        return marker;
    }

    @Override
    public Row next() throws IOException, UnreadableFileException {
        return rows.next();
    }

    @Override
    public long offset() {
        return rows.count();
    }
}
