import FirmwareImage
import Glibc

// Throws mutated images at everything that reads them: image-fuzz COUNT SEED. The same arguments give the
// same images. Built under a sanitizer, a bad access ends it; so does an image that takes too long.

/// What must hold for any bytes.
func examine(_ file: [UInt8]) throws {
    let inspection = try AppImageInspection(of: file)
    guard let map = inspection.map else {
        guard inspection.firstFlaw != nil, (try? AppImage(parsing: file)) == nil else {
            throw Surprise("no map, and no flaw either")
        }
        return
    }
    guard try AppImage(parsing: file).bytes == file else { throw Surprise("written otherwise") }
    for field in ImageField.all(in: map) { _ = try field.text(in: file) }
    var sealed = file
    try map.reseal(&sealed, .full)
    let seals = try AppImageInspection(of: sealed).checks.filter {
        ["checksum", "SHA-256"].contains($0.name) && $0.flaw != nil
    }
    guard seals.isEmpty else { throw Surprise("wrong seals after resealing") }
}

struct Surprise: Error {
    let text: String
    init(_ text: String) { self.text = text }
}

guard CommandLine.arguments.count == 3, let count = Int(CommandLine.arguments[1]),
    let seed = UInt64(CommandLine.arguments[2])
else {
    print("usage: image-fuzz COUNT SEED")
    exit(64)
}
var mutator = Mutator(corpus: try Mutator.corpus(), seed: seed)
var readable = 0
for number in 0..<count {
    // A thousand images take milliseconds: this ends the program if one of them hangs.
    if number % 1_000 == 0 { alarm(30) }
    let file = mutator.next()
    do {
        try examine(file)
    } catch {
        print("seed \(seed), image \(number) (\(file.count) bytes): \(error)")
        exit(1)
    }
    if (try? AppImageMap(of: file)) != nil { readable += 1 }
}
// Mutations that break every image would prove little.
guard count < 1_000 || (readable > count / 20 && readable < count) else {
    print(
        "of \(count) images \(readable) can be followed to their end: the mutations are one-sided")
    exit(1)
}
print("seed \(seed): \(count) mutated images, \(readable) of them followed to their end")
