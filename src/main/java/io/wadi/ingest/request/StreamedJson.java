package io.wadi.ingest.request;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** A JSON body that is generated chunk by chunk while the response is written. */
public abstract class StreamedJson implements Iterator<byte[]> {
    private static final int CHUNK_BYTES = 1 << 14;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private final ByteArrayOutputStream chunk = new ByteArrayOutputStream(512);
    private final JsonGenerator json;
    private boolean complete;

    protected StreamedJson() {
        try {
            json = JSON.createGenerator(chunk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the next part of the body; returns whether more follows. */
    protected abstract boolean write(JsonGenerator more) throws IOException;

    @Override
    public final boolean hasNext() {
        return !complete;
    }

    /** Returns the next chunk of about 16 KiB; the last one may be shorter. */
    @Override
    public final byte[] next() {
        if (complete) {
            throw new NoSuchElementException();
        }
        chunk.reset();
        try {
            do {
                complete = !write(json);
            } while (!complete && chunk.size() + json.getOutputBuffered() < CHUNK_BYTES);
            json.flush();
            if (complete) {
                json.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return chunk.toByteArray();
    }
}
