import com.android.tools.r8.CompilationMode;
import com.android.tools.r8.D8;
import com.android.tools.r8.D8Command;
import com.android.tools.r8.JdkClassFileProvider;
import com.android.tools.r8.OutputMode;
import com.android.tools.r8.origin.PathOrigin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * Class files into code for Android, by D8. Its arguments: the jar with Android's classes, the oldest Android that is to run it, the folder for
 * what comes out, and the jars.
 *
 * <p>The annotation kotlin.Metadata is left out, which only Kotlin's reflection reads: this D8 is older than our Kotlin, cannot read it, and
 * says so of every class.
 */
final class Dex {
    public static void main(String[] arguments) throws Exception {
        D8Command.Builder command =
                D8Command.builder()
                        .addLibraryFiles(Path.of(arguments[0]))
                        .addLibraryResourceProvider(
                                JdkClassFileProvider.fromJdkHome(Path.of(System.getProperty("java.home"))))
                        .setMinApiLevel(Integer.parseInt(arguments[1]))
                        // This one's debug mode fails on a class of Kotlin's.
                        .setMode(CompilationMode.RELEASE)
                        .setOutput(Path.of(arguments[2]), OutputMode.DexIndexed);
        for (String jar : Arrays.asList(arguments).subList(3, arguments.length)) {
            add(Path.of(jar), command);
        }
        D8.run(command.build());
    }

    private static void add(Path jar, D8Command.Builder command) throws IOException {
        try (ZipFile archive = new ZipFile(jar.toFile())) {
            Enumeration<? extends ZipEntry> entries = archive.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                String name = entry.getName();
                // Versions of a class for newer JVMs, and what says which packages are open: Android has neither.
                if (!name.endsWith(".class") || name.startsWith("META-INF/") || name.endsWith("module-info.class")) {
                    continue;
                }
                try (InputStream input = archive.getInputStream(entry)) {
                    command.addClassProgramData(withoutMetadata(input.readAllBytes()), new PathOrigin(jar));
                }
            }
        }
    }

    private static byte[] withoutMetadata(byte[] classFile) {
        ClassWriter writer = new ClassWriter(0);
        ClassVisitor visitor =
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public AnnotationVisitor visitAnnotation(String descriptor, boolean isVisible) {
                        boolean isMetadata = descriptor.equals("Lkotlin/Metadata;");
                        return isMetadata ? null : super.visitAnnotation(descriptor, isVisible);
                    }
                };
        new ClassReader(classFile).accept(visitor, 0);
        return writer.toByteArray();
    }
}
