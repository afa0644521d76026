package io.wadi.ingest;

import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.IngestRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Responds with a resource of the jar, or with 304 if the request's {@code If-None-Match} contains the resource's
 * {@code ETag} (RFC 9110, section 13).
 */
public final class StaticResource implements Processor {
    private static final int NOT_MODIFIED = 304;
    private static final int TAG_DIGITS = 32;

    private final byte[] content;
    private final String type;
    private final String caching;
    private final String tag;

    /**
     * Reads the resource.
     *
     * @param resource the absolute name in the jar
     * @param type the Content-Type of the responses
     * @param caching the Cache-Control of the responses
     */
    public StaticResource(String resource, String type, String caching) {
        try (InputStream read = StaticResource.class.getResourceAsStream(resource)) {
            content = read.readAllBytes();
            tag = '"' + DigestUtils.sha256Hex(content).substring(0, TAG_DIGITS) + '"';
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.type = type;
        this.caching = caching;
    }

    @Override
    public void process(Exchange exchange) {
        exchange.getMessage().setHeader(HttpResponses.ETAG, tag);
        exchange.getMessage().setHeader(HttpResponses.CACHE_CONTROL, caching);
        // Only responses to a page's script have CORS headers: a cache must not return others to it.
        exchange.getMessage().setHeader(HttpResponses.VARY, "Origin");
        if (matches(IngestRequest.of(exchange).list("If-None-Match"))) {
            HttpResponses.set(exchange, NOT_MODIFIED, null);
        } else {
            exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, type);
            HttpResponses.set(exchange, HttpResponses.OK, content);
        }
    }

    /** A tag contains no quotes but its own, so that its text is found in a list only as an element. */
    private boolean matches(String tags) {
        return tags != null && (tags.contains(tag) || tags.strip().equals("*"));
    }
}
