package io.wadi.landing.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Encodes an Avro object container file: the schema, then blocks of rows. Buffers one block of about 64 KB. */
final class AvroEncoder implements Encoder {
    private final Rows rows;
    private final FileBytes file;
    private final GenericDatumWriter<GenericData.Record> rowWriter;
    private final DataFileWriter<GenericData.Record> writer;
    private final ByteArrayOutputStream row = new ByteArrayOutputStream();
    private BinaryEncoder binary;

    AvroEncoder(Rows rows, OutputStream file, CodecFactory codec) throws IOException {
        this.rows = rows;
        this.file = new FileBytes(file);
        this.rowWriter = new GenericDatumWriter<>(rows.schema());
        this.writer = new DataFileWriter<>(rowWriter);
        writer.setCodec(codec).create(rows.schema(), this.file);
    }

    @Override
    public void write(ConsumerRecord<byte[], ByteBuffer> consumed) throws RejectedRecordException, IOException {
        row.reset();
        binary = EncoderFactory.get().binaryEncoder(row, binary);
        rowWriter.write(rows.row(consumed), binary);
        binary.flush();
        file.addBuffered(row.size());
        writer.appendEncoded(ByteBuffer.wrap(row.toByteArray()));
    }

    @Override
    public long bytes() {
        return file.size();
    }

    @Override
    public void finish() throws IOException {
        writer.close();
    }

    @Override
    public void close() {
        file.abandon(writer);
    }
}
