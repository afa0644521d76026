package io.wadi.extension.connectors.hdfs;

import io.wadi.extension.connectors.source.SourceRow;
import java.io.IOException;

/** The rows of one file, from an offset on. */
interface FileRows {
    /**
     * Returns the next row; null at the end of the file.
     *
     * @throws IOException if HDFS fails to deliver the content
     * @throws UnreadableFileException if the content is not of this format
     */
    SourceRow next() throws IOException, UnreadableFileException;

    /** Returns the {@link InputFileOffset#offset} after the rows read. */
    long offset();
}
