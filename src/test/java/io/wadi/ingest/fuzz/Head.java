package io.wadi.ingest.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Builds a request from its request line, its headers, and a body with a Content-Length or in chunks. */
final class Head {
    private final String line;
    private final List<String> headers = new ArrayList<>(List.of("Host: localhost"));

    Head(String method, String target) {
        line = method + " " + target + " HTTP/1.1";
    }

    Head with(String... more) {
        headers.addAll(List.of(more));
        return this;
    }

    Head with(List<String> more) {
        headers.addAll(more);
        return this;
    }

    byte[] withoutBody() {
        return Bytes.of(line + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
    }

    byte[] withBody(byte[] body, SplittableRandom random) {
        return random.nextInt(3) == 0 ? chunked(body, random) : withLength(body);
    }

    byte[] withLength(byte[] body) {
        headers.add("Content-Length: " + body.length);
        return Bytes.join(withoutBody(), body);
    }

    /** Returns the request with chunks of random sizes; some have extensions, some have trailers. */
    private byte[] chunked(byte[] body, SplittableRandom random) {
        headers.add("Transfer-Encoding: chunked");
        List<byte[]> parts = new ArrayList<>(List.of(withoutBody()));
        for (int from = 0; from < body.length; ) {
            int length = Math.min(body.length - from, 1 + random.nextInt(1 + random.nextInt(2000)));
            byte[] chunk = new byte[length];
            System.arraycopy(body, from, chunk, 0, length);
            String extension = random.nextInt(20) == 0 ? ";CamelHttpResponseCode=500;q=\"a b\"" : "";
            parts.add(Bytes.of(Integer.toHexString(length) + extension + "\r\n"));
            parts.add(chunk);
            parts.add(Bytes.of("\r\n"));
            from += length;
        }
        String trailers = random.nextInt(20) == 0 ? "kafka.OVERRIDE_TOPIC: fuzz-closed\r\nX-Tenant: trailer\r\n" : "";
        parts.add(Bytes.of("0\r\n" + trailers + "\r\n"));
        return Bytes.join(parts.toArray(byte[][]::new));
    }
}
