import org.apache.camel.dsl.jbang.core.commands.CamelJBangMain;

/** The command {@code camel}. */
class Camel {
    public static void main(String... words) {
        CamelJBangMain.run(words);
    }
}
