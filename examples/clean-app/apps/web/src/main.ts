import { connection } from "./lib/supabase";
import { readings } from "./lib/readings";

export async function main(env: Record<string, string>): Promise<void> {
  const { url } = connection(env);
  for (const [sensor, values] of Object.entries(await readings(url))) {
    document.body.append(`${sensor}: ${values.at(-1)?.celsius} °C`);
  }
}
