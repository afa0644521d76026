package io.wadi.landing.format;

import java.io.IOException;
import java.io.OutputStream;

/** How the records of one topic become files. */
public interface Encoding {

    /** The format of the files. */
    Format format();

    /** Begins a file. What is written to it goes to {@code file}, which is never closed. */
    Encoder open(OutputStream file) throws IOException;
}
