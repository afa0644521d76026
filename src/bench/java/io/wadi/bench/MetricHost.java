package io.wadi.bench;

import java.util.Locale;

/**
 * The fields about a host and its Metricbeat in each of its documents, in the form of Metricbeat's Kafka output.
 *
 * @param name {@code host.name}
 * @param isNine whether it has Metricbeat 9.x, else 8.x
 * @param cores a power of two
 * @param memory the memory in bytes
 * @param metadata the field {@code @metadata}
 * @param agent the fields {@code agent} and {@code ecs}
 * @param cloud the fields {@code cloud}, {@code labels} and {@code tags}
 * @param common the members of {@code host} in all its documents
 */
record MetricHost(
        String name,
        boolean isNine,
        int cores,
        long memory,
        String metadata,
        String agent,
        String cloud,
        String common) {

    static MetricHost of(int number) {
        boolean isNine = number % 2 == 1;
        String name = name(number);
        String version = isNine ? "9.2.1" : "8.17.1";
        return new MetricHost(
                name,
                isNine,
                2 << number % 4,
                (4L << 30) << number % 5,
                "\"@metadata\":{\"beat\":\"metricbeat\",\"type\":\"_doc\",\"version\":\"" + version + "\"}",
                agent(number, name, version),
                cloud(number, name),
                common(number, name));
    }

    static String name(int number) {
        return String.format(Locale.ROOT, "%s-%04d", number % 3 == 0 ? "db" : "web", number);
    }

    /** Returns the object {@code host} without its closing brace. */
    String object(String more) {
        return "{" + common + more;
    }

    private static String agent(int number, String name, String version) {
        return String.format(
                Locale.ROOT,
                "\"agent\":{\"type\":\"metricbeat\",\"version\":\"%s\",\"ephemeral_id\":\"5f2c1c4e-7b55-4e0c-9f0e-%012x\","
                        + "\"id\":\"c8a5a4d0-53a1-4c55-8d7b-%012x\",\"name\":\"%s\"},\"ecs\":{\"version\":\"8.0.0\"}",
                version,
                scattered(number, 1),
                scattered(number, 2),
                name);
    }

    private static String cloud(int number, String name) {
        char zone = "abc".charAt(number % 3);
        return String.format(
                Locale.ROOT,
                "\"cloud\":{\"provider\":\"gcp\",\"region\":\"europe-west3\",\"availability_zone\":\"europe-west3-%c\","
                        + "\"account\":{\"id\":\"wadi-production\"},\"project\":{\"id\":\"wadi-production\"},"
                        + "\"machine\":{\"type\":\"n2-standard-%d\"},\"instance\":{\"id\":\"%d\",\"name\":\"%s\"},"
                        + "\"service\":{\"name\":\"GCE\"}},\"labels\":{\"env\":\"production\",\"team\":\"checkout\","
                        + "\"cluster\":\"prod-eu-%d\"},\"tags\":[\"linux\",\"production\",\"zone-%c\"]",
                zone,
                2 << number % 4,
                scattered(number, 3),
                name,
                number % 4,
                zone);
    }

    private static String common(int number, String name) {
        int high = number / 250;
        int low = number % 250 + 1;
        return String.format(
                Locale.ROOT,
                "\"name\":\"%s\",\"hostname\":\"%s\",\"architecture\":\"x86_64\",\"id\":\"6f0f0d6a2c0b4a0c%012x\","
                        + "\"ip\":[\"10.0.%d.%d\",\"fe80::4001:aff:fe00:%x\",\"172.17.0.1\",\"10.8.%d.%d\"],"
                        + "\"mac\":[\"42-01-0A-00-%02X-%02X\",\"02-42-9C-00-%02X-%02X\"],\"containerized\":false,"
                        + "\"os\":{\"type\":\"linux\",\"platform\":\"debian\",\"version\":\"12 (bookworm)\","
                        + "\"family\":\"debian\",\"name\":\"Debian GNU/Linux\",\"kernel\":\"6.1.0-28-cloud-amd64\","
                        + "\"codename\":\"bookworm\"}",
                name,
                name,
                scattered(number, 4),
                high,
                low,
                number,
                high,
                low,
                high,
                low,
                high,
                low);
    }

    /** Returns a number of at most twelve hexadecimal digits. */
    private static long scattered(int number, int what) {
        return ((number + 1L) * 0x9E3779B97F4A7C15L * what) >>> 16;
    }
}
