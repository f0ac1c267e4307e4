declare module "amfjs" {
  interface Version {
    readonly OBJECT: unknown;
  }
  const amfjs: {
    readonly AMF0: Version;
    readonly AMF3: Version;
    readonly AMFDecoder: new (source: { read(length: number): Buffer | null }) => {
      decode(version: Version): unknown;
    };
    readonly AMFEncoder: new (target: { write(bytes: Buffer): void }) => {
      writeObject(value: unknown, version: Version): void;
    };
    readonly Serializable: new (className?: string) => object;
  };
  export default amfjs;
}
