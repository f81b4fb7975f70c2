import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.Base64;

/** Prints the FileDescriptorProto that each named class embeds, base64, one a line. */
public class PrintDescriptors {
  public static void main(String[] classes) throws Exception {
    for (String name : classes) {
      FileDescriptor file = (FileDescriptor) Class.forName(name).getMethod("getDescriptor").invoke(null);
      System.out.println(Base64.getEncoder().encodeToString(file.toProto().toByteArray()));
    }
  }
}
