package io.wadi.landing.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.avro.generic.GenericData;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.DelegatingPositionOutputStream;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** Encodes a Parquet file, compressed with zstd. Buffers one row group. */
final class ParquetEncoder implements Encoder {
    private final Rows rows;
    private final FileBytes file;
    private final ParquetWriter<GenericData.Record> writer;
    private boolean finished;

    /** Creates an encoder with zstd's level and the size in bytes of a row group, which is buffered in memory. */
    ParquetEncoder(Rows rows, OutputStream file, int level, long rowGroupBytes) throws IOException {
        this.rows = rows;
        this.file = new FileBytes(file);
        this.writer = AvroParquetWriter.<GenericData.Record>builder(new EncodedFile(this.file))
                .withSchema(rows.schema())
                .withDataModel(GenericData.get())
                .withConf(new PlainParquetConfiguration(Map.of(
                        "parquet.compression.codec.zstd.level",
                        Integer.toString(level),
                        // The list structure of Parquet's specification; the older one does not support null items.
                        "parquet.avro.write-old-list-structure",
                        "false")))
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .withRowGroupSize(rowGroupBytes)
                // Checks after each row; by default the size of up to 10,000 rows is not checked after a small one.
                .withMinRowCountForPageSizeCheck(1)
                .withMaxRowCountForPageSizeCheck(1)
                .build();
    }

    @Override
    public void write(ConsumerRecord<byte[], ByteBuffer> consumed) throws RejectedRecordException, IOException {
        writer.write(rows.row(consumed));
    }

    @Override
    public long bytes() {
        return finished ? file.written() : writer.getDataSize();
    }

    @Override
    public void finish() throws IOException {
        writer.close();
        finished = true;
    }

    @Override
    public void close() {
        file.abandon(writer);
    }

    /** Adapts a file being written to Parquet. */
    private record EncodedFile(FileBytes file) implements OutputFile {
        @Override
        public PositionOutputStream create(long blockSizeHint) {
            return new DelegatingPositionOutputStream(file) {
                @Override
                public long getPos() {
                    return file.written();
                }
            };
        }

        @Override
        public PositionOutputStream createOrOverwrite(long blockSizeHint) {
            return create(blockSizeHint);
        }

        @Override
        public boolean supportsBlockSize() {
            return false;
        }

        @Override
        public long defaultBlockSize() {
            return 0;
        }
    }
}
