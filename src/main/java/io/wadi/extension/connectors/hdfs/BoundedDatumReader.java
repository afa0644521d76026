package io.wadi.extension.connectors.hdfs;

import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.ResolvingDecoder;

/**
 * A reader of Avro rows with a limited number of values. Values of type null, and records and arrays of them, occupy no
 * bytes of a file: without a limit, a file of some hundred bytes could have a row that does not fit into the heap.
 */
final class BoundedDatumReader extends GenericDatumReader<Object> {
    /** An object of Avro and its JSON occupy up to about 150 bytes for each value. */
    static final long MAX_VALUES = Runtime.getRuntime().maxMemory() / 256;

    private long values;

    /** Creates a reader. Avro's fast reader is disabled, since it would not call the overridden methods. */
    BoundedDatumReader() {
        super(new GenericData().setFastReaderEnabled(false));
    }

    @Override
    public Object read(Object reuse, Decoder in) throws IOException {
        values = 0;
        return super.read(reuse, in);
    }

    @Override
    protected Object readRecord(Object old, Schema expected, ResolvingDecoder in) throws IOException {
        count(1 + expected.getFields().size());
        return super.readRecord(old, expected, in);
    }

    @Override
    protected void addToArray(Object array, long position, Object element) {
        count(1);
        super.addToArray(array, position, element);
    }

    @Override
    protected void addToMap(Object map, Object key, Object value) {
        count(1);
        super.addToMap(map, key, value);
    }

    private void count(int more) {
        values += more;
        if (values > MAX_VALUES) {
            throw new AvroRuntimeException(
                    "a row has more than %d values, one for 256 bytes of -Xmx".formatted(MAX_VALUES));
        }
    }
}
