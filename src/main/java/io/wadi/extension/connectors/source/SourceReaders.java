package io.wadi.extension.connectors.source;

/** The readers of one source, which follow each other, and the resources that remain open between them. */
@FunctionalInterface
public interface SourceReaders extends AutoCloseable {
    /** Creates the next reader, after the previous one was closed. */
    SourceReader create(String routeId);

    /** Closes the resources that another process, which now owns the source, can open. */
    default void release() {}

    /** Closes all resources, after the last reader was closed. {@link #create} may be called again later. */
    @Override
    default void close() {}
}
