import ky from "ky";
import groupBy from "lodash/groupBy";
import ms from "ms";

export interface Reading {
  sensor: string;
  celsius: number;
}

export async function readings(base: string): Promise<Record<string, Reading[]>> {
  const all = await ky.get(`${base}/sensors`, { timeout: ms("5s") }).json<Reading[]>();
  return groupBy(all, (reading) => reading.sensor);
}
