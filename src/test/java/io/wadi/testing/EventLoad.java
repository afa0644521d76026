package io.wadi.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients that each send requests with one numbered event at a steady rate, on a connection that is kept alive, until
 * the port is closed. The outcome of each number is recorded: it has a receipt, was rejected, could not be sent, or has
 * no response.
 */
public final class EventLoad implements AutoCloseable {
    private static final int DEFAULT_RATE = 100;
    private static final int TIMEOUT_MS = 120_000;

    private final int port;
    private final String topic;
    private final Pattern receiptPattern;
    private final AtomicInteger numbers;
    private final ScheduledExecutorService timer;
    private final List<Client> clients = new ArrayList<>();
    private final Map<Integer, Receipt> receipts = new ConcurrentHashMap<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger notSent = new AtomicInteger();
    private final Queue<String> unanswered = new ConcurrentLinkedQueue<>();
    private final Set<Integer> sentAgain = ConcurrentHashMap.newKeySet();
    private final boolean stubborn;

    /** The partition and offset of an event's record, in the topic of this load. */
    public record Receipt(int partition, long offset) {}

    private EventLoad(int port, String topic, int clients, AtomicInteger numbers, boolean stubborn) {
        this.stubborn = stubborn;
        this.port = port;
        this.topic = topic;
        receiptPattern =
                Pattern.compile("\"topic\":\"" + Pattern.quote(topic) + "\",\"partition\":(\\d+),\"offset\":(\\d+)");
        this.numbers = numbers;
        timer = Executors.newScheduledThreadPool(clients);
    }

    /**
     * Starts clients that each send a hundred requests per second.
     *
     * @param clients the number of clients
     * @param numbers the source of the events' numbers
     */
    public static EventLoad start(int port, String topic, int clients, AtomicInteger numbers) {
        return start(port, topic, clients, DEFAULT_RATE, numbers);
    }

    /**
     * Starts clients with another rate. Each client has its own thread, and catches up after a late response.
     *
     * @param aSecond the number of requests per second and client
     */
    public static EventLoad start(int port, String topic, int clients, int aSecond, AtomicInteger numbers) {
        return start(new EventLoad(port, topic, clients, numbers, false), clients, aSecond);
    }

    /**
     * Starts clients that send an event again on another connection until it has a receipt; each attempt may have been
     * stored.
     */
    public static EventLoad startStubborn(int port, String topic, int clients, int aSecond, AtomicInteger numbers) {
        return start(new EventLoad(port, topic, clients, numbers, true), clients, aSecond);
    }

    private static EventLoad start(EventLoad load, int clients, int aSecond) {
        long every = TimeUnit.SECONDS.toMicros(1) / aSecond;
        for (int i = 0; i < clients; i++) {
            Client client = load.new Client();
            load.clients.add(client);
            load.timer.scheduleAtFixedRate(client, i * every / clients, every, TimeUnit.MICROSECONDS);
        }
        return load;
    }

    /** Returns the numbers that have a receipt. */
    public Set<Integer> receipted() {
        return receipts.keySet();
    }

    /** Returns the receipts by the numbers of their events. */
    public Map<Integer, Receipt> receipts() {
        return receipts;
    }

    /** Returns the number of requests that were rejected with the advice to retry. */
    public int refused() {
        return refused.get();
    }

    /** Returns the number of connection attempts that were refused. */
    public int notSent() {
        return notSent.get();
    }

    /**
     * Returns the requests without a response, and those with a response that is neither a receipt nor a retriable
     * rejection.
     */
    public Queue<String> unanswered() {
        return unanswered;
    }

    /** Returns the numbers that were sent more than once. */
    public Set<Integer> sentAgain() {
        return sentAgain;
    }

    /** Returns whether every client has found the port closed. */
    public boolean isOver() {
        return clients.stream().allMatch(client -> client.isOver);
    }

    @Override
    public void close() throws InterruptedException {
        timer.shutdownNow();
        if (!timer.awaitTermination(2 * TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("requests are still being sent to port " + port);
        }
    }

    /** A client, used by one thread at a time. */
    private final class Client implements Runnable {
        private Socket socket;
        private InputStream answers;
        private volatile boolean isOver;

        /** The last number sent, until it has a receipt; -1 after that. */
        private int open = -1;

        @Override
        public void run() {
            if (!isOver && connect()) {
                boolean again = stubborn && open >= 0;
                int number = again ? open : numbers.getAndIncrement();
                open = number;
                if (again) {
                    sentAgain.add(number);
                }
                try {
                    take(number, request(number));
                } catch (IOException | RuntimeException e) { // such as for a response without a length
                    unanswered.add(number + ": " + e);
                    disconnect();
                }
            }
        }

        private boolean connect() {
            if (socket != null) {
                return true;
            }
            try {
                socket = new Socket("localhost", port);
                socket.setSoTimeout(TIMEOUT_MS);
                socket.setTcpNoDelay(true);
                answers = new BufferedInputStream(socket.getInputStream());
                return true;
            } catch (ConnectException e) {
                notSent.incrementAndGet();
                isOver = true;
            } catch (IOException e) {
                unanswered.add("not connected: " + e);
            }
            return false;
        }

        private void disconnect() {
            try {
                socket.close();
            } catch (IOException e) {
                unanswered.add("not closed: " + e);
            }
            socket = null;
        }

        private String request(int number) throws IOException {
            String body = "{\"number\":%d}".formatted(number);
            socket.getOutputStream()
                    .write(("POST /events/%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: %d\r\n\r\n%s")
                            .formatted(topic, body.length(), body)
                            .getBytes(US_ASCII));
            return answer();
        }

        /** Returns the response's status line and headers in lower case, followed by the body. */
        private String answer() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.length() < 4 || head.lastIndexOf("\r\n\r\n") < head.length() - 4) {
                int read = answers.read();
                if (read < 0) {
                    throw new EOFException("closed after " + head.length() + " bytes of the answer");
                }
                head.append((char) read);
            }
            String lower = head.toString().toLowerCase(Locale.ROOT);
            int bodyBytes = Integer.parseInt(lower.replaceFirst("(?s).*content-length: (\\d+).*", "$1"));
            return lower + new String(answers.readNBytes(bodyBytes), US_ASCII);
        }

        private void take(int number, String answer) {
            Matcher receipt = receiptPattern.matcher(answer);
            if (answer.startsWith("http/1.1 200") && receipt.find()) {
                receipts.put(number, new Receipt(Integer.parseInt(receipt.group(1)), Long.parseLong(receipt.group(2))));
                open = -1;
            } else if (answer.startsWith("http/1.1 503") && answer.contains("retry-after: ")) {
                refused.incrementAndGet();
            } else {
                unanswered.add(number + ": " + answer);
            }
            if (answer.contains("connection: close")) {
                disconnect();
            }
        }
    }
}
