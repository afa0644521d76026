package io.wadi.testing;

/** A Hadoop configuration file, such as {@code hdfs-site.xml}. */
public final class SiteFile {
    private SiteFile() {}

    /** Returns the content of a file with these keys, each followed by its value. */
    public static String file(String... keysAndValues) {
        StringBuilder xml = new StringBuilder("<configuration>");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            xml.append("<property><name>%s</name><value>%s</value></property>"
                    .formatted(keysAndValues[i], keysAndValues[i + 1]));
        }
        return xml.append("</configuration>").toString();
    }
}
