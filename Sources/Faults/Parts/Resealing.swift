public import FaultKit
public import FirmwareImage

/// What every fault that edits an app image has in common: it needs one, and its knob `reseal` says how
/// much of the image is made right again afterwards. A signed image is signed anew where there is the
/// user's key.
struct Resealing {
    /// The knob as manuals describe it; `default` is what a fault takes without it.
    static func knob(default level: Reseal) -> Manual.Knob {
        .init(
            "reseal",
            "what is made right again after the edit: none, checksum, or full (checksum and SHA-256); "
                + "default \(level.rawValue)")
    }

    let level: Reseal

    init(_ knobs: inout Knobs, default level: Reseal) throws {
        self.level = try knobs.read("reseal", default: level)
    }

    /// Lets a fault edit an image, and seals it.
    /// - Parameter change: is handed where the image's parts stand; all of them still stand there
    ///   afterwards.
    /// - Throws: ``ImageError`` if the image is no app image, and what `change` throws.
    func edit(
        _ image: inout Image, _ change: (AppImageMap, inout Image) throws -> Void
    ) throws {
        let map = try image.appImageMap()
        try change(map, &image)
        try self.seal(&image, map)
    }

    /// Seals an image.
    /// - Parameter map: where its parts stand.
    func seal(_ image: inout Image, _ map: AppImageMap) throws {
        let sealed = try map.reseal(&image, self.level)
        if self.level == .full { try image.signAnew(sealed) }
    }
}

extension Reseal: KnobValue {}

extension Image: EditableImageBytes {}

extension Image {
    /// Where the parts of an app image stand.
    /// - Throws: ``ImageError`` that names the file and says what is wrong with it.
    func appImageMap() throws -> AppImageMap {
        do {
            return try AppImageMap(of: self)
        } catch let flaw as AppImageFlaw {
            throw ImageError(
                "'\(self.name)' is no ESP-IDF app image that this fault can edit (\(flaw)); offer one"
            )
        }
    }

    /// Signs a signed image anew if there is the user's key; leaves any other alone.
    mutating func signAnew(_ map: AppImageMap) throws {
        if map.signature != nil, self.signer?.hasOwnKey == true { try self.sign(map, by: .own) }
    }

    /// Replaces the signatures of a signed image with one.
    /// - Throws: ``ImageError`` if nobody can sign.
    mutating func sign(_ map: AppImageMap, by signatory: Signatory) throws {
        guard let signer = self.signer else {
            throw ImageError(
                "'\(self.name)' cannot be signed, as this server has no signer; give it one")
        }
        let name = self.name
        try map.signAgain(&self) { digest, old in
            let bytes = try signer.signatureBlock(
                for: digest, by: signatory, replacing: old?.bytes)
            guard let block = SignatureBlock(bytes) else {
                throw ImageError("the signer of '\(name)' gives no signature block")
            }
            return block
        }
    }

    /// Writes a value to a field of an app image.
    /// - Parameter name: as ``ImageField`` has it: `header.chip_id`.
    /// - Throws: ``ImageError`` if the image has no such field, or the text is no value of it.
    mutating func set(_ name: String, to text: String, in map: AppImageMap) throws {
        guard let field = ImageField.named(name, in: map) else {
            throw ImageError("'\(self.name)' has no room for \(name); offer an image that has it")
        }
        do {
            let before = try field.text(in: self)
            try field.set(text, in: &self)
            let after = try field.text(in: self)
            if after != before { self.note("\(name) \(before) → \(after)") }
        } catch let error as ImageFieldError {
            throw ImageError("'\(self.name)': \(error)")
        }
    }
}
